"""The shop's own orders as plain values, read through the adapter and past all of our tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone

from insights.cleaning import Cleaner, Rejected, Unusable, normal_email, values
from insights.consent import Named
from insights.contacts import digits
from insights.models import LineKind
from insights.sources.mapped import Given, Mapped
from insights.sources.settle import local


class ShopOrder(NamedTuple):
    """An order as the shop has it.

    Attributes:
        key: under which we know it; empty where it has none that can be kept.
        day: the shop's day; None where its date cannot be read.
        currency: by ISO 4217, else XXX; ``said`` is what the shop writes.
        units: the total in 1/10,000; None where it is the sum of the lines.
        person: who bought, as far as the shop says: an account, an address or a telephone number; empty for nobody.
        named: what a forgotten person may be known by.
        meaning: our word for the order's status.
        changed: when the row changed, where the shop says so.
    """

    pk: Any
    key: str
    day: date | None
    currency: str
    said: str
    units: int | None
    person: str
    named: Named
    meaning: str | None
    changed: datetime | None


@dataclass(frozen=True)
class LineSum:
    """What the lines of an order come to.

    Attributes:
        units: all of them together.
        apart: the part of it that is in no total of ours, by reason.
        bad: lines that cannot be read.
    """

    units: int
    apart: dict[str, int]
    bad: int


def shop_orders(source: Mapped, rows: Sequence[Given]) -> Iterator[ShopOrder]:
    """The orders in rows that ``source`` gave."""
    place = {name: index for index, name in enumerate(source.names)}

    def at(row: Given, name: str) -> Any:
        value = row.values[place[name]] if name in place else None
        return None if isinstance(value, Unusable) else value

    for row in rows:
        account, address = _text(at(row, "customer")), normal_email(str(at(row, "email") or ""))
        phone = digits(str(at(row, "phone") or ""))
        person = f"a:{account}" if account else f"e:{address}" if address else f"p:{phone}" if phone else ""
        status = at(row, "status")
        yield ShopOrder(
            pk=row.pk,
            key=_text(row.values[0]),
            day=_day(at(row, "placed_at")),
            currency=values.currency(at(row, "currency"), []),
            said=str(at(row, "currency") or ""),
            units=_units(at(row, "total")),
            person=person,
            named=Named(account, address, phone),
            meaning=None if status is None else source.ways.status(status),
            changed=row.changed,
        )


def line_sums(source: Mapped | None, keys: Sequence[str]) -> dict[str, LineSum] | None:
    """What the lines of orders come to, by the order's key; None where lines cannot be looked up by their order."""
    rows = source.of_orders(keys) if source is not None else None
    if source is None or rows is None:
        return None
    place = source.names.index("order")
    kind = source.kind
    cleaner = Cleaner(kind.name, kind.columns(source.names, timezone.now()), kind.blanks(source.names), source.ways)
    units: defaultdict[str, int] = defaultdict(int)
    apart: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    bad: defaultdict[str, int] = defaultdict(int)
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        order = _text(row.values[place])
        cleaned = cleaner.clean(row.values)
        if isinstance(cleaned, Rejected):
            bad[order] += 1
            continue
        line = cleaned[0]
        units[order] += line["net_amount"]
        said = (
            order,
            *(line[name] for name in ("product", "product_name", "kind", "quantity", "unit_price", "discount")),
        )
        reason = "duplicate_line" if source.identical == "drop" and said in seen else _apart(line)
        seen.add(said)
        if reason:
            apart[order][reason] += line["net_amount"]
    return {key: LineSum(units[key], {r: n for r, n in apart[key].items() if n}, bad[key]) for key in keys}


def _apart(line: dict[str, Any]) -> str:
    """Why a line is in no total; empty for one that is."""
    if line["kind"] == LineKind.RETURN:
        return "returned"
    if line["kind"] == LineKind.FEE or (
        line["kind"] == LineKind.PRODUCT and (line["quantity"] <= 0 or line["unit_price"] <= 0)
    ):
        return "not_a_product"
    return ""


def _text(value: Any) -> str:
    try:
        return values.key(value, []) if not isinstance(value, Unusable) else ""
    except Unusable:
        return ""


def _units(value: Any) -> int | None:
    try:
        found: int | None = values.money(value, [])
    except Unusable:
        return None
    return found


def _day(value: Any) -> date | None:
    """The shop's day of a moment, be it ever so impossible."""
    try:
        if not isinstance(value, datetime):
            value = values.moment(values.latest_possible(timezone.now()))(value, [])
        if value is None:
            return None
        return local(value if timezone.is_aware(value) else timezone.make_aware(value)).date()
    except (Unusable, OverflowError, ValueError):
        return None
