"""The rights of a person: to see what is stored of them, and to be forgotten; what goes with age; and who looked."""

from insights.privacy.archive import as_json, write_archive
from insights.privacy.audit import COMMAND_LINE, record, shows_people
from insights.privacy.erase import ErasureReceipt, finish_pending, forget, receipt_of
from insights.privacy.export import export_person
from insights.privacy.foresight import foreseen
from insights.privacy.kinds import KINDS, Kind
from insights.privacy.receipts import find_receipt
from insights.privacy.retention import RUN as RETENTION_RUN
from insights.privacy.retention import KindPlan, RetentionPlan, RetentionReport, apply, plan
from insights.privacy.sizes import table_bytes
from insights.privacy.subjects import Subject, find_subject, stranger
from insights.privacy.tables import TABLES

__all__ = [
    "COMMAND_LINE",
    "KINDS",
    "RETENTION_RUN",
    "TABLES",
    "ErasureReceipt",
    "Kind",
    "KindPlan",
    "RetentionPlan",
    "RetentionReport",
    "Subject",
    "apply",
    "as_json",
    "export_person",
    "find_receipt",
    "find_subject",
    "finish_pending",
    "foreseen",
    "forget",
    "plan",
    "receipt_of",
    "record",
    "shows_people",
    "stranger",
    "table_bytes",
    "write_archive",
]
