"""Rows in quarantine get another chance: as the source has them now, or with values put right by hand.

The source's word counts. A row that was mended by hand stands until the next sync that reads it: a good one is taken
as the source gives it, and one that is still bad goes back into quarantine, with what was made of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from insights.cleaning import BY_KEY
from insights.models import OrderLine, QuarantinedRow
from insights.sources.adapter import get_adapters
from insights.sources.columns import buyers
from insights.sources.directory import Directory
from insights.sources.load import MENDED, Loader
from insights.sources.manner import Manner
from insights.sources.mapped import Mapped
from insights.sources.records import KINDS
from insights.sources.resolve import mapped
from insights.sources.together import settle_together

CUT = 300
"""Characters of a value that quarantine keeps."""


@dataclass(frozen=True)
class Replayed:
    """How many rows were tried again, and how many of them are good now."""

    tried: int = 0
    good: int = 0

    def __add__(self, other: Replayed) -> Replayed:
        return Replayed(self.tried + other.tried, self.good + other.good)


def replay(rows: Iterable[QuarantinedRow]) -> Replayed:
    """Try rows again: as the source has them now where it can be asked, else as they came.

    Raises:
        AdapterError: an adapter is wrong.
    """
    groups: defaultdict[tuple[str, str], list[QuarantinedRow]] = defaultdict(list)
    for row in rows:
        groups[row.channel, row.kind].append(row)
    done = Replayed()
    # Parents first, since what waits may wait for them.
    for channel, kind in sorted(groups, key=lambda key: (key[0], list(KINDS).index(key[1]) if key[1] in KINDS else 0)):
        if kind in KINDS:
            done += _replay(channel, kind, groups[channel, kind])
    return done


def mend(row: QuarantinedRow, values: Mapping[str, str]) -> bool:
    """Take a row over with other values, and say whether it is good now; if not, its entry tells the new reason.

    Args:
        values: by the names that the row has; an empty text is no value.

    Raises:
        AdapterError: an adapter is wrong.
    """
    source = _source(row.channel, row.kind)
    names = _names(row)
    wanted = {name: values.get(name, row.row.get(name)) or None for name in names}
    changed = {name for name in names if wanted[name] != (row.row.get(name) or None)}
    if (
        changed & {"quantity", "unit_price"}
        and "amount" in wanted
        and "amount" not in changed
        and wanted.get("unit_price")
    ):
        # The amount follows from the two; the old one would make a discount of the difference.
        wanted["amount"] = None
    given = tuple(wanted[name] for name in names)
    loader = _load(row.channel, row.kind, source, {names: [given]})
    key = str(wanted["id"] or "").strip()
    model = loader.kind.model
    if key != row.external_id and _is_there(loader, key):
        # The row had no key that could be kept, so no row of its key can resolve it.
        QuarantinedRow.objects.filter(pk=row.pk).update(resolved_at=timezone.now())
    row.refresh_from_db()
    if row.resolved_at is not None and hasattr(model, "fingerprint"):
        model._default_manager.filter(channel=row.channel, external_id=key).update(fingerprint=MENDED)
    return row.resolved_at is not None


def _replay(channel: str, kind: str, rows: Sequence[QuarantinedRow]) -> Replayed:
    source = _source(channel, kind)
    fresh = source.with_keys([row.external_id for row in rows]) if source is not None else []
    found = {str(given.values[0]).strip() for given in fresh}
    pieces: defaultdict[tuple[str, ...], list[Sequence[Any]]] = defaultdict(list)
    if source is not None:
        pieces[source.names] += [given.values for given in fresh]
    for row in rows:
        # What a shop's own row lacks since it was put aside is gone, and comes back with no replay.
        if row.external_id not in found and (source is None or source.key_column is None):
            names = _names(row)
            pieces[names].append(tuple(row.row.get(name) for name in names))
    _load(
        channel,
        kind,
        source,
        pieces,
        [row.external_id for row in rows if row.rule in BY_KEY and BY_KEY[row.rule].across],
    )
    still = QuarantinedRow.objects.filter(pk__in=[row.pk for row in rows], resolved_at=None).count()
    return Replayed(len(rows), len(rows) - still)


def _load(
    channel: str,
    kind: str,
    source: Mapped | None,
    pieces: Mapping[tuple[str, ...], Sequence[Sequence[Any]]],
    compared: Sequence[str] = (),
) -> Loader:
    orders, lines = _source(channel, "orders"), _source(channel, "order_lines")
    manner = Manner(
        channel,
        guests=orders.guests if orders else "by_email",
        drop_identical=bool(lines and lines.identical == "drop"),
        lists_categories=_source(channel, "categories") is not None or source is None,
        currency=source.adapter.currency if source else "",
    )
    directory = Directory(channel)
    loader = Loader(KINDS[kind], manner, ("id",), directory=directory)
    for names, rows in pieces.items():
        if not rows:
            continue
        before = loader.touched
        loader = Loader(KINDS[kind], manner, names, source.ways if source else None, directory=directory)
        loader.touched.orders |= before.orders
        loader.touched.people |= before.people
        loader.touched.visitors |= before.visitors
        loader.load(rows)
        loader.finish()
    if compared and kind == "order_lines":
        told = OrderLine.objects.filter(channel=channel, external_id__in=compared)
        loader.touched.orders |= set(told.values_list("order_id", flat=True))
        loader.touched.people |= buyers(loader.touched.orders)
    settle_together(channel, guests=manner.guests, drop_identical=manner.drop_identical, touched=loader.touched)
    return loader


def _source(channel: str, kind: str) -> Mapped | None:
    adapter = next((item for item in get_adapters() if item.name == channel), None)
    return None if adapter is None else mapped(adapter, kind)


def _names(row: QuarantinedRow) -> tuple[str, ...]:
    """The names of the values, the key first: a database may give them in any order."""
    known = KINDS[row.kind].by_name
    return ("id", *sorted(name for name in row.row if name in known and name != "id"))


def _is_there(loader: Loader, key: str) -> bool:
    rows = loader.kind.model._default_manager.filter(channel=loader.manner.channel)
    return bool(key) and loader.kind.name != "events" and rows.filter(external_id=key).exists()
