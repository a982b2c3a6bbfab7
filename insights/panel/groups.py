"""Groups of customers side by side: segments, types, clusters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Sum
from django.utils.translation import gettext as _

from insights import formats
from insights.panel.listing import states
from insights.vocabulary import KINDS

LEAST = 5
"""Below this many people an average would point at a person."""


@dataclass(frozen=True)
class Group:
    """Customers of one segment, type or cluster.

    Attributes:
        key: the segment, the type, or the number of the cluster.
        name: what it is called.
        meaning: what that stands for, in a sentence.
        size: how many customers.
        share: their share of all customers, 0 to 1.
        spent: their net spend so far.
        spent_share: its share of all spend.
        recency: mean days since the last order; None below ``LEAST`` people.
        orders: mean number of orders; None likewise.
        each: mean spend; None likewise.
        buys: mean chance to order within the horizon of the purchase model; None likewise.
    """

    key: str
    name: str
    meaning: str
    size: int
    share: float
    spent: Decimal
    spent_share: float
    recency: float | None
    orders: float | None
    each: Decimal | None
    buys: float | None


COLUMNS = {"segment": "segment", "rfm_type": "rfm_type", "cluster": "cluster"}


def groups(by: str) -> list[Group]:
    """The groups that anybody is in, in the order of the vocabulary; clusters by number.

    Args:
        by: ``segment``, ``rfm_type`` or ``cluster``.
    """
    rows = [
        row
        for row in states()
        .order_by()
        .values(COLUMNS[by])
        .annotate(
            size=Count("pk"),
            spent=Sum("monetary"),
            recency=Avg("recency_days"),
            orders=Avg("frequency"),
            buys=Avg("purchase_probability"),
        )
        if row[COLUMNS[by]] not in ("", None)
    ]
    people = sum(row["size"] for row in rows)
    spent = sum((row["spent"] or Decimal(0) for row in rows), Decimal(0))
    found = [_group(by, row, people, spent) for row in rows]
    if by == "cluster":
        return sorted(found, key=lambda group: int(group.key))
    terms = KINDS[by]
    return sorted(found, key=lambda group: terms[group.key].order if group.key in terms else len(terms))


def _group(by: str, row: dict[str, Any], people: int, spent: Decimal) -> Group:
    key = str(row[COLUMNS[by]])
    term = KINDS[by].get(key) if by in KINDS else None
    amount = row["spent"] or Decimal(0)
    enough = row["size"] >= LEAST
    return Group(
        key=key,
        name=term.label(formats.language())
        if term
        else _("Cluster %(number)s") % {"number": int(key) + 1}
        if by == "cluster"
        else key,
        meaning=term.meaning(formats.language()) if term else "",
        size=row["size"],
        share=row["size"] / people,
        spent=amount,
        spent_share=float(amount / spent) if spent > 0 else 0.0,
        recency=row["recency"] if enough else None,
        orders=row["orders"] if enough else None,
        each=amount / row["size"] if enough else None,
        buys=row["buys"] if enough else None,
    )


def profile(group: Group, everyone: list[Group]) -> str:
    """What sets a group apart from all customers, in words: how lately, how often, how much."""
    words = [
        _against(group.recency, _mean(everyone, "recency"), _("came lately"), _("long away")),
        _against(group.orders, _mean(everyone, "orders"), _("buy seldom"), _("buy often")),
        _against(group.each, _mean(everyone, "each"), _("spend little"), _("spend much")),
    ]
    return _(", ").join(word for word in words if word) or _("near the average in all")


def _mean(everyone: list[Group], name: str) -> float:
    known = [(getattr(group, name), group.size) for group in everyone if getattr(group, name) is not None]
    people = sum(size for _value, size in known)
    return sum(float(value) * size for value, size in known) / people if people else 0.0


def _against(value: float | Decimal | None, mean: float, less: str, more: str) -> str:
    if value is None or not mean:
        return ""
    ratio = float(value) / mean
    return less if ratio < 0.75 else more if ratio > 1.33 else ""
