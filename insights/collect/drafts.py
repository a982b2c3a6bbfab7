"""What a browser sends, read into events: everything is checked and cut to size, nothing is believed.

What cannot be an event is refused with the rule that it breaks, and the rest of its batch goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID

from insights.cleaning import Why
from insights.masking import without_addresses
from insights.models import EVENT_NAMES

from .tokens import Shown, shown
from .uuid7 import read_uuid7, uuid_of
from .values import Place, amount, moment, place_of, properties_of, text

OLDEST = timedelta(days=7)
"""An event that waited longer, in a browser without a network, is refused."""
_NAMES = frozenset(EVENT_NAMES)
_ORDERED = frozenset({"purchase", "refund"})
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode


@dataclass(slots=True)
class Draft:
    """An event before its product, visitor and customer are looked up.

    Attributes:
        product: key in the shop.
        shown: what a widget showed, where it is about that.
        fingerprint: of who did what when; the same for the same event under another id. None where the browser did
            not say when.
        index: its place in the batch.
    """

    event_id: UUID
    name: str
    occurred_at: datetime
    product: str = ""
    shown: Shown | None = None
    quantity: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""
    order: str = ""
    query: str = ""
    list_id: str = ""
    page: str = ""
    referrer: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    fingerprint: UUID | None = None
    index: int = 0


@dataclass(frozen=True)
class Refused:
    """An event that cannot be written.

    Attributes:
        index: its place in the batch; -1 where the batch as a whole cannot be read.
        rule: key of the rule that it breaks.
        said: the event as it came.
    """

    index: int
    rule: str
    reason: str
    said: object


@dataclass(frozen=True)
class Batch:
    """What a batch holds.

    Attributes:
        automated: whether the browser says that a program drives it.
    """

    drafts: list[Draft]
    refused: list[Refused]
    automated: bool = False


class _RefusedError(Exception):
    def __init__(self, rule: str, why: Why, **said: object) -> None:
        super().__init__(why)
        self.rule, self.reason = rule, why % said


def read_batch(body: bytes, received_at: datetime, host: str = "", actor: str = "") -> Batch:
    """The events of a batch, and those that cannot be one with what is wrong with them.

    An event about several items becomes one event an item, with ids that follow from the first.

    Args:
        body: JSON, ``{"sent_at": ms, "page": address, "referrer": address, "events": [{"id", "name", "at", "params"}]}``.
        received_at: when it arrived. The clock of the browser is set right by what it says of itself.
        host: of the shop; a referrer of its own is no referrer.
        actor: who sent it, for the fingerprints.
    """
    try:
        sent = json.loads(body.decode("utf-8-sig", "replace"))
    except RecursionError:
        return Batch([], [Refused(-1, "unreadable_batch", Why.BATCH_TOO_DEEP, _excerpt(body))])
    except ValueError as error:
        reason = Why.BATCH_NO_JSON % {"error": str(error)[:200]}
        return Batch([], [Refused(-1, "unreadable_batch", reason, _excerpt(body))])
    events = sent.get("events") if isinstance(sent, dict) else None
    if not isinstance(events, list):
        return Batch([], [Refused(-1, "unreadable_batch", Why.NO_EVENTS, _excerpt(body))])
    created = moment(sent.get("sent_at"))
    offset = received_at - created if created else timedelta()
    page = text(sent.get("page"), 2000)
    place = place_of(page, text(sent.get("referrer"), 2000), host)
    drafts: list[Draft] = []
    refused: list[Refused] = []
    for index, event in enumerate(events):
        try:
            drafts += _read(index, event, offset, received_at, place, host, f"{actor}\n{page}\n")
        except _RefusedError as error:
            refused.append(Refused(index, error.rule, error.reason, event))
        except RecursionError:
            refused.append(Refused(index, "event_shape", Why.TOO_DEEP, None))
    return Batch(drafts, refused, automated=sent.get("automated") is True)


def _read(
    index: int, event: object, offset: timedelta, now: datetime, place: Place, host: str, actor: str
) -> list[Draft]:
    if not isinstance(event, dict):
        raise _RefusedError("event_shape", Why.EVENT_NO_OBJECT, type=type(event).__name__)
    event_id, name, params = read_uuid7(event.get("id")), event.get("name"), event.get("params")
    if event_id is None:
        raise _RefusedError("event_id", Why.NO_UUID)
    if not isinstance(name, str) or name not in _NAMES:
        raise _RefusedError("event_name", Why.UNKNOWN_NAME, name=without_addresses(text(name, 40)))
    if params is None:
        params = {}
    elif not isinstance(params, dict):
        raise _RefusedError("event_shape", Why.PARAMS_NO_OBJECT, type=type(params).__name__)
    made_at = _made_at(event.get("at"))
    occurred_at = now if made_at is None else made_at + offset
    if occurred_at > now:
        occurred_at = now
    elif now - occurred_at > OLDEST:
        raise _RefusedError("impossible_date", Why.LONG_AGO, moment=f"{occurred_at:%Y-%m-%d %H:%M}")
    order = text(params.get("transaction_id"), 128)
    if name in _ORDERED and not order:
        raise _RefusedError("missing_value", Why.NO_ORDER, name=name)
    if "page" in params:
        place = place_of(text(params["page"], 2000), text(params.get("referrer"), 2000), host)
    drafts = [
        Draft(
            event_id,
            name,
            occurred_at,
            "",
            None,
            None,
            amount(params.get("value")),
            text(params.get("currency"), 3).upper(),
            order,
            without_addresses(text(params.get("search_term") or params.get("query"), 200)),
            text(params.get("list_id"), 64),
            *place,
            properties_of(params),
            _fingerprint(actor, event, made_at),
            index,
        )
    ]
    if "shown" in params:
        return _of_list(drafts[0], params["shown"])
    items = params.get("items")
    if items is None or items == []:
        return drafts
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _RefusedError("event_shape", Why.ITEMS_NO_LIST)
    return [_of_item(_copy(drafts[0], at), item, alone=len(items) == 1) for at, item in enumerate(items)]


def _of_list(draft: Draft, said: object) -> list[Draft]:
    """One event for each product that a widget showed. A name that is not signed by us is an invention."""
    tokens = [found for text in said if (found := shown(text))] if isinstance(said, list) else []
    if not tokens:
        raise _RefusedError("unsigned_list", Why.UNSIGNED)
    drafts = []
    for at, token in enumerate(tokens):
        copy = _copy(draft, at)
        copy.shown, copy.list_id = token, token.list_id[:64]
        drafts.append(copy)
    return drafts


def _of_item(draft: Draft, item: Mapping[str, Any], *, alone: bool) -> Draft:
    quantity, price = amount(item.get("quantity")), amount(item.get("price"))
    value = draft.value if alone else None
    if value is None and price is not None:
        value = price if quantity is None else amount(price * quantity)
    draft.product, draft.quantity, draft.value = text(item.get("item_id"), 128), quantity, value
    draft.list_id = text(item.get("item_list_id"), 64) or draft.list_id
    return draft


def _copy(draft: Draft, at: int) -> Draft:
    """The draft for the n-th item; its ids are always the same, and still of their version."""
    if at == 0:
        return draft
    values = [getattr(draft, name) for name in Draft.__slots__]
    copy = Draft(*values)
    copy.event_id = UUID(int=draft.event_id.int ^ at)
    if draft.fingerprint is not None:
        copy.fingerprint = UUID(int=draft.fingerprint.int ^ at)
    return copy


def _fingerprint(actor: str, event: Mapping[str, Any], made_at: datetime | None) -> UUID | None:
    """Without the id and the time of sending; sorted by time, so that its index grows at one end."""
    if made_at is None:
        return None
    said = _canonical([event.get("name"), event.get("at"), event.get("params")])
    digest = blake2b((actor + said).encode("utf-8", "replace"), digest_size=10).digest()
    # Of version 8, which is for such uses, MariaDB takes some for none, and leaves the column empty.
    return uuid_of(int(event["at"]), int.from_bytes(digest, "big"))


def _made_at(said: object) -> datetime | None:
    """When the browser made the event, by its own clock; None where it does not say."""
    if said is None:
        return None
    found = moment(said)
    if found is None:
        raise _RefusedError("impossible_date", Why.NO_MOMENT, said=without_addresses(text(said, 40)) or "–")
    return found


def _excerpt(body: bytes) -> str:
    return without_addresses(body[:1000].decode("utf-8", "replace"))
