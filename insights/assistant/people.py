"""Answers about customers: lists, numbers of them, suggestions, and what moved a figure."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.analytics import (
    CUSTOMER_FIELDS,
    METRICS,
    CustomerFilter,
    TimeRange,
    breakdown,
    count_customers,
    known_key,
)
from insights.analytics import find_customers as query_customers
from insights.assistant import wording
from insights.assistant.actions import Asker, refuse
from insights.assistant.answer import Answer
from insights.assistant.guard import may_see_people
from insights.conf import settings
from insights.models import Customer, CustomerState, Product


def find_customers(
    asker: Asker,
    conditions: list[dict[str, Any]],
    order_by: str,
    limit: int,
    count_only: bool,
    *,
    within: dict[str, str] | None = None,
    by: str | None = None,
    ascending: bool = False,
) -> Answer:
    """Customers who meet all conditions, or how many they are, in all or by a dimension.

    Raises:
        QueryError: a field, a value or the dimension is unknown, or they do not go together.
    """
    wanted = CustomerFilter.model_validate({"conditions": conditions})
    used = {condition.field for condition in wanted.conditions} | {order_by}
    scored = any(CUSTOMER_FIELDS[key].of_states for key in used if key in CUSTOMER_FIELDS)
    if scored and not CustomerState.objects.current().exists():
        return refuse(asker, "no_scores")
    if by is not None:
        return _counted_by(asker, wanted, by)
    days = None if within is None else TimeRange.model_validate(within)
    most = max(1, min(limit, settings.ASSISTANT.MAX_ROWS))
    result = query_customers(
        wanted, order_by, most, asker.as_of, descending=False if ascending else None, within=days, user=asker.user
    )
    notes: list[str] = list(result.notes)
    plan = {"filter": wanted.model_dump(mode="json"), "order_by": order_by, "limit": limit}
    if count_only:
        return Answer(
            "number",
            _customers(result.groups, wanted),
            plan=plan,
            columns=[{"key": "customers", "label": wording.label("customers"), "kind": "metric", "unit": "count"}],
            rows=[[result.groups]],
            assumptions=notes,
        )
    plain = result.as_dict()
    return Answer(
        "customers",
        _customers(result.groups, wanted),
        plan=plan,
        columns=plain["columns"],
        rows=plain["rows"],
        assumptions=notes,
        follow_ups=[_("How many are there by country?"), _("What is the definition of churn rate?")]
        if result.rows
        else [_("Which customers are most likely to leave?"), _("How many customers are in each segment?")],
    )


def _counted_by(asker: Asker, wanted: CustomerFilter, by: str) -> Answer:
    counted = count_customers(wanted, by, asker.as_of)
    plain = counted.as_dict()
    return Answer(
        "table",
        _customers(counted.totals["customers"], wanted),
        plan={"filter": wanted.model_dump(mode="json"), "by": by},
        columns=plain["columns"],
        rows=plain["rows"][: settings.ASSISTANT.MAX_ROWS],
    )


def _customers(count: int, wanted: CustomerFilter) -> str:
    sentence = ngettext("%(count)s customer", "%(count)s customers", count) % {"count": formats.number(count)}
    words = wanted.sentence(formats.language())
    if not wanted.conditions:
        return _("%(sentence)s.") % {"sentence": sentence}
    return _("%(people)s: %(conditions)s") % {"people": sentence, "conditions": words}


def resolve(asker: Asker, name: str) -> Customer | None:
    """The customer behind an id, or behind an e-mail address or a name for those who may see them."""
    name = name.strip()
    wanted = Q(external_id=name)
    if may_see_people(asker.user):
        wanted |= Q(email=name.lower()) | Q(name__iexact=name)
    found = Customer.objects.filter(wanted).select_related("merged_into").order_by("pk").first()
    return found and (found.merged_into or found)


def recommend(asker: Asker, customer: str | None, product: str | None, type: str, limit: int) -> Answer:  # noqa: A002
    """Products for a customer or beside a product, each with its reason."""
    from insights.serving import recommend as serve

    person = resolve(asker, customer) if customer else None
    if customer and person is None:
        return refuse(asker, "unknown_customer")
    item = None
    if product:
        item = Product.objects.filter(Q(external_id=product) | Q(name__iexact=product), parent=None).first()
        if item is None:
            return refuse(asker, "unknown_product")
    found = serve(customer=person, product=item, type=type, limit=max(1, min(limit, settings.ASSISTANT.MAX_ROWS)))
    if not found.items:
        return Answer("recommendation", _("There is nothing good to suggest."))
    names = wording.listing([entry.product.name or entry.product.external_id for entry in found.items])
    return Answer(
        "recommendation",
        _("First of all: %(names)s.") % {"names": names},
        plan={"customer": person and person.external_id, "product": item and item.external_id, "type": type},
        columns=[
            {"key": "product", "label": _("Product"), "kind": "dimension", "unit": "text"},
            {"key": "name", "label": _("Name"), "kind": "dimension", "unit": "text"},
            {"key": "score", "label": _("Score"), "kind": "metric", "unit": "ratio"},
            {"key": "reason", "label": _("Reason"), "kind": "dimension", "unit": "text"},
        ],
        rows=[
            [entry.product.external_id, entry.product.name, round(entry.score, 4), entry.reason]
            for entry in found.items
        ],
    )


def why_did_it_change(asker: Asker, metric: str, time_range: dict[str, str], compare_to: str) -> Answer:
    """Which parts of the shop made a figure rise or fall."""
    about = METRICS[known_key("metric", metric, METRICS)]
    found = breakdown(metric, TimeRange.model_validate(time_range), compare_to, as_of=asker.as_of)  # type: ignore[arg-type]
    when = wording.in_period(found.time_range.start, found.time_range.end)
    moved = wording.change(found.now, found.then, about.unit)
    sentences = [
        _("%(name)s %(when)s: %(value)s — %(moved)s (%(against)s).")
        % {
            "name": about.label(formats.language()),
            "when": when,
            "value": formats.figure(found.now, about.unit),
            "moved": moved,
            "against": wording.period(found.compared.start, found.compared.end),
        }
    ]
    strongest = sorted((part for part in found.parts if part.difference), key=lambda part: -abs(part.difference))
    sentences += [
        _("%(dimension)s “%(value)s” moved by %(difference)s.")
        % {
            "dimension": part.dimension_label,
            "value": part.label,
            "difference": wording.moved_by(part.difference, about.unit),
        }
        for part in strongest[:2]
    ]
    metric_column = {"kind": "metric", "unit": about.unit}
    return Answer(
        "explanation",
        " ".join(sentences),
        plan={"metric": metric, "time_range": time_range, "compare_to": compare_to},
        columns=[
            {"key": "dimension", "label": _("By"), "kind": "dimension", "unit": "text"},
            {"key": "value", "label": _("Part"), "kind": "dimension", "unit": "text"},
            {"key": "now", "label": _("Now"), **metric_column},
            {"key": "then", "label": _("Before"), **metric_column},
            {"key": "difference", "label": _("Difference"), **metric_column},
        ],
        rows=[[part.dimension_label, part.label, part.now, part.then, part.difference] for part in strongest[:12]],
        definitions={about.label(formats.language()): about.definition(formats.language())},
    )
