"""Finding customers: the filter of the customer list, and its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from insights.models import STATE_SLOT, Customer, CustomerState, Publication
from insights.vocabulary import CHURN_BANDS, RFM_SEGMENTS, RFM_TYPES, VALUE_BANDS

SORTS = {
    "spent": "state__monetary",
    "orders": "state__frequency",
    "recency": "state__recency_days",
    "churn": "state__churn_probability",
    "worth": "state__value_365",
    "joined": "joined_at",
}
CHOICES: dict[str, Mapping[str, object]] = {
    "segment": RFM_SEGMENTS,
    "rfm_type": RFM_TYPES,
    "churn_band": CHURN_BANDS,
    "value_band": {**VALUE_BANDS, "good": None},
}
GOOD = ("top", "high")
"""The value bands that ``good`` stands for."""


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; empty text narrows nothing.

    Attributes:
        text: a beginning of the external id, or a part of name or e-mail address where these may be seen.
        segment: key of an RFM segment.
        rfm_type: key of one of the eight types.
        churn_band: key of a churn band.
        value_band: key of a value band, or ``good`` for those of ``GOOD``.
        cluster: number of a cluster.
        sort: a key of ``SORTS``; a minus before it turns the order round.
    """

    text: str = ""
    segment: str = ""
    rfm_type: str = ""
    churn_band: str = ""
    value_band: str = ""
    cluster: str = ""
    sort: str = "-spent"

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Filter:
        """From the parameters of a request; what is unknown is left out."""
        chosen = {key: parameters.get(key, "") for key in CHOICES}
        sort = parameters.get("sort", "")
        cluster = parameters.get("cluster", "")
        return cls(
            text=parameters.get("q", "").strip()[:200],
            cluster=cluster if re.fullmatch("[0-9]{1,4}", cluster) else "",
            sort=sort if sort.removeprefix("-") in SORTS else "-spent",
            **{key: value for key, value in chosen.items() if value in CHOICES[key]},
        )

    @property
    def narrows(self) -> bool:
        """Whether it leaves anybody out."""
        return self != Filter(sort=self.sort)

    def parameters(self, **changes: str) -> dict[str, str]:
        """As parameters of an address, with changes."""
        other = replace(self, **changes)
        chosen = {key: getattr(other, key) for key in (*CHOICES, "cluster")}
        return {"q": other.text, **chosen, "sort": "" if other.sort == "-spent" else other.sort}


def generation() -> int | None:
    """The run whose states are shown now; None before the first training."""
    return Publication.objects.filter(slot=STATE_SLOT).values_list("generation", flat=True).first()


def states() -> QuerySet[CustomerState]:
    """The present states of all who can be in the list, so that sums and lists have the same people."""
    return CustomerState.objects.current().filter(customer__is_real=True, customer__merged_into=None)


def find(chosen: Filter, *, personal: bool) -> QuerySet[Customer]:
    """The customers of a filter with their present state as ``state``, in its order.

    Args:
        chosen: the filter.
        personal: whether names and e-mail addresses may be searched.
    """
    states = FilteredRelation("states", condition=Q(states__generation=generation()))
    found = Customer.objects.filter(is_real=True, merged_into=None).annotate(state=states)
    if chosen.text:
        match = Q(external_id__startswith=chosen.text)
        if personal:
            match |= Q(name__icontains=chosen.text) | Q(email__contains=chosen.text.lower())
        # Who was joined with somebody is found under the old name too.
        joined = Customer.objects.filter(match).exclude(merged_into=None)
        found = found.filter(match | Q(pk__in=joined.values("merged_into")))
    exact: dict[str, Any] = {f"state__{key}": getattr(chosen, key) for key in CHOICES if getattr(chosen, key)}
    if exact.get("state__value_band") == "good":
        exact["state__value_band__in"] = GOOD
        del exact["state__value_band"]
    if chosen.cluster:
        exact["state__cluster"] = int(chosen.cluster)
    column = F(SORTS[chosen.sort.removeprefix("-")])
    order = column.desc(nulls_last=True) if chosen.sort.startswith("-") else column.asc(nulls_last=True)
    return found.filter(**exact).order_by(order, "pk")


COLUMNS = (
    "pk", "external_id", "channel", "name", "email", "country", "joined_at", "is_guest",
    "state__segment", "state__frequency", "state__monetary", "state__recency_days", "state__churn_probability",
    "state__churn_low", "state__churn_high", "state__churn_band", "state__purchase_probability",
    "state__next_order_from", "state__next_order_to", "state__value_365",
)  # fmt: skip
