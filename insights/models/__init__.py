"""The tables. Canonical facts first, results after; none has a foreign key into the host."""

from insights.models.access import AccessRecord, Act
from insights.models.behaviour import EVENT_NAMES, Event, Visit
from insights.models.catalog import Category, Product
from insights.models.conversations import Conversation, Message
from insights.models.fields import ExternalIdField, FixedPointField, MoneyField, QuantityField, Scaled
from insights.models.identity import DuplicatePair, Merge, MergeHow, PairState
from insights.models.inbox import InboxBatch, InboxState, StaleSession
from insights.models.kept import keep_since, kept_since
from insights.models.many import many_rows
from insights.models.orders import Excluded, LineKind, Order, OrderLine, Rating, Refund
from insights.models.people import Customer, Erasure, IdentityLink, Suppression, Visitor
from insights.models.results import (
    STATE_SLOT,
    CustomerState,
    ModelVersion,
    Publication,
    QuarantinedRow,
    Run,
    RunState,
    RunStep,
    Score,
    SyncCursor,
)
from insights.models.traffic import AdSpend, BotRule, Verdict
from insights.models.turns import atomic, atomically
from insights.models.writing import count_anew, insert, insert_new, overwrite, upsert

__all__ = [
    "EVENT_NAMES",
    "STATE_SLOT",
    "AccessRecord",
    "Act",
    "AdSpend",
    "BotRule",
    "Category",
    "Conversation",
    "Customer",
    "CustomerState",
    "DuplicatePair",
    "Erasure",
    "Event",
    "Excluded",
    "ExternalIdField",
    "FixedPointField",
    "IdentityLink",
    "InboxBatch",
    "InboxState",
    "LineKind",
    "Merge",
    "MergeHow",
    "Message",
    "ModelVersion",
    "MoneyField",
    "Order",
    "OrderLine",
    "PairState",
    "Product",
    "Publication",
    "QuantityField",
    "QuarantinedRow",
    "Rating",
    "Refund",
    "Run",
    "RunState",
    "RunStep",
    "Scaled",
    "Score",
    "StaleSession",
    "Suppression",
    "SyncCursor",
    "Verdict",
    "Visit",
    "Visitor",
    "atomic",
    "atomically",
    "count_anew",
    "insert",
    "insert_new",
    "keep_since",
    "kept_since",
    "many_rows",
    "overwrite",
    "upsert",
]
