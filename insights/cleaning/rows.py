"""One row through the rules that need nothing but the row itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.utils import timezone

from insights.cleaning.bots import bot_reason, device_of
from insights.cleaning.denied import address_without, allowed
from insights.cleaning.rules import MARKS
from insights.cleaning.traffic import origin_of
from insights.cleaning.values import LARGEST, QUANTITY_PLACES, Notes, Reader, Unusable, text
from insights.cleaning.why import Why
from insights.contacts import email_hash
from insights.masking import without_addresses
from insights.models import EVENT_NAMES, LineKind

Row = dict[str, Any]
Classify = Callable[[Any], str | None]
"""From what the source says (a status, a stock code) to our word for it; None where the adapter is silent."""

_status = text(32)
_QUANTITY = 10**QUANTITY_PLACES
_EVENT_NAMES = frozenset(EVENT_NAMES)


@dataclass(frozen=True)
class Column:
    """How one value of a row is read.

    Attributes:
        required: without it the row goes into quarantine; any other value of no use is left empty.
        strict: it may be missing, but of no use it must not be: the figure in its place would be ours.
        blank: what an empty value is.
    """

    name: str
    read: Reader
    required: bool = False
    blank: Any = None
    strict: bool = False


@dataclass(frozen=True)
class Ways:
    """What the source says about its own rows.

    Attributes:
        status: ``cancelled``, ``refunded``, ``test`` or ``ignore`` by the order's status.
        kind: the kind of a line, or of a product, by what the adapter looks at.
        scale: lowest and highest rating.
        events: GA4's names by the shop's own.
    """

    status: Classify = lambda word: None
    kind: Classify = lambda word: None
    scale: tuple[float, float] = (1.0, 5.0)
    events: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rejected:
    """A row that is not taken over: ``rule`` says why, ``quarantined`` whether it is kept aside."""

    rule: str
    reason: str
    id: str
    quarantined: bool = True


class Cleaner:
    """Puts rows of one kind through the rules, and counts what each rule did.

    Args:
        kind: ``customers``, ``orders``, ….
        columns: those that the source gives, in the order of its rows; the first is the ``id``.
        blanks: values of the columns that the source does not give.
    """

    def __init__(self, kind: str, columns: Sequence[Column], blanks: Mapping[str, Any], ways: Ways) -> None:
        self.counts: Counter[str] = Counter()
        self._columns = [(column.name, column.read, column) for column in columns]
        self._blanks = dict(blanks)
        self._rule = _ROW_RULES.get(kind)
        self._ways = ways

    def clean(self, values: Sequence[Any]) -> tuple[Row, tuple[str, ...]] | Rejected:
        """The row with its marks (keys for ``flags``), or why it is not taken over."""
        row = self._blanks.copy()
        notes: Notes = []
        try:
            for (name, read, column), value in zip(self._columns, values, strict=True):
                try:
                    if type(value) is Unusable:
                        raise value
                    found = read(value, notes)
                except Unusable as fault:
                    if column.required or column.strict:
                        raise
                    notes += (fault.rule, "blanked_value")
                    found = column.blank
                if found is None or found == "":
                    if column.required:
                        if name == "id":
                            raise Unusable("missing_id", Why.NO_KEY)
                        raise Unusable("missing_value", Why.EMPTY, field=name)
                    found = column.blank
                row[name] = found
            if self._rule is not None:
                self._rule(row, notes, self._ways)
        except Unusable as fault:
            self.counts[fault.rule] += 1
            return Rejected(fault.rule, str(fault), str(row.get("id", "")), fault.rule != "ignored")
        if not notes:
            return row, ()
        self.counts.update(set(notes))
        return row, tuple(sorted(MARKS.intersection(notes)))


def _customer(row: Row, notes: Notes, ways: Ways) -> None:
    row["email_hash"] = email_hash(row["email"])
    row["is_real"] = not (row["is_staff"] or row["is_test"])


def _product(row: Row, notes: Notes, ways: Ways) -> None:
    kind = row.pop("kind")
    if kind is not None:
        row["is_real"] = row["is_real"] and (ways.kind(kind) or LineKind.PRODUCT) == LineKind.PRODUCT
    if not row["is_real"]:
        notes.append("not_a_product")


def _order(row: Row, notes: Notes, ways: Ways) -> None:
    word = row["status"]
    meaning = ways.status("" if word is None else word)
    if meaning == "ignore":
        raise Unusable("ignored", Why.LEFT_OUT)
    row["status"] = _status(getattr(word, "value", word), [])
    row["is_cancelled"] = meaning == "cancelled"
    if meaning == "refunded":
        notes.append("marked_refunded")
    row["is_test"] = bool(row["is_test"]) or meaning == "test"
    if row["total"] is None:
        notes.append("total_from_lines")


def _line(row: Row, notes: Notes, ways: Ways) -> None:
    number, price, amount = row["quantity"], row["unit_price"], row.pop("amount")
    if price is None:
        if amount is None or number == 0:
            raise Unusable("price_missing", Why.NO_PRICE)
        price = row["unit_price"] = divided(amount * _QUANTITY, number)
    gross = divided(number * price, _QUANTITY)
    if amount is not None:
        row["discount"] = gross - amount
    row["net_amount"] = gross - row["discount"]
    if abs(gross) > LARGEST or abs(row["net_amount"]) > LARGEST:
        raise Unusable("out_of_range", Why.TOO_DEAR)
    kind = ways.kind(row["kind"]) if row["kind"] is not None else None
    kind = kind or LineKind.PRODUCT
    if kind not in (LineKind.PRODUCT, LineKind.RETURN):
        notes.append("not_a_product")
    if number < 0 and kind in (LineKind.PRODUCT, LineKind.SHIPPING) and price > 0:
        kind = LineKind.RETURN
    if kind == LineKind.PRODUCT:
        if price <= 0:
            notes.append("price_not_positive")
        elif number == 0:
            notes.append("quantity_zero")
    row["kind"] = str(kind)


def _rating(row: Row, notes: Notes, ways: Ways) -> None:
    lowest, highest = ways.scale
    if not lowest <= row["value"] <= highest:
        raise Unusable("out_of_scale", Why.OUT_OF_SCALE, lowest=f"{lowest:g}", highest=f"{highest:g}")
    row["value"] = round(1 + 4 * (row["value"] - lowest) / (highest - lowest), 4)


def _event(row: Row, notes: Notes, ways: Ways) -> None:
    name = ways.events.get(row["name"], row["name"])
    if name not in _EVENT_NAMES:
        notes.append("unknown_event")
    row["name"] = name
    agent = row.pop("user_agent")
    row["bot"] = bot_reason(agent)
    if row["bot"]:
        notes.append("bot")
    row["device"] = row["device"] or device_of(agent)
    row["query"] = without_addresses(row["query"])
    row["page"], row["referrer"] = address_without(row["page"]), address_without(row["referrer"])
    row["properties"] = allowed(row["properties"])


def _ad_spend(row: Row, notes: Notes, ways: Ways) -> None:
    row["traffic"], row["source"], row["medium"], row["campaign"] = origin_of(
        row["source"], row["medium"], row["campaign"]
    )
    if not row["source"]:
        raise Unusable("missing_value", Why.EMPTY, field="source")
    row["day"] = timezone.localdate(row["day"])
    if row["id"].startswith("row:"):
        # What was paid for a day of a campaign is one row, however often it is told.
        said = "\n".join((row["day"].isoformat(), row["source"], row["medium"], row["campaign"]))
        row["id"] = f"spend:{blake2b(said.encode(), digest_size=16).hexdigest()}"


def divided(value: int, by: int) -> int:
    """The quotient of two integers, rounded half to even."""
    whole, rest = divmod(value, by)
    twice = 2 * abs(rest) - abs(by)
    return whole + 1 if twice > 0 or (twice == 0 and whole % 2) else whole


_ROW_RULES: dict[str, Callable[[Row, Notes, Ways], None]] = {
    "customers": _customer,
    "products": _product,
    "orders": _order,
    "order_lines": _line,
    "ratings": _rating,
    "events": _event,
    "ad_spend": _ad_spend,
}
