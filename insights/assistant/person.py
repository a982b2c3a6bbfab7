"""Answers about one customer: the portrait, and why a prediction or a segment is what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats, vocabulary
from insights.analytics import CUSTOMER_FIELDS, portrait
from insights.assistant import wording
from insights.assistant.actions import Asker, refuse
from insights.assistant.answer import Answer
from insights.assistant.people import called, resolve
from insights.models import Customer, CustomerState


def describe_customer(asker: Asker, customer: str) -> Answer:
    """One customer: facts first, then what the models say."""
    person = resolve(asker, customer)
    if person is None:
        return refuse(asker, "unknown_customer")
    facts = portrait(person)
    return Answer(
        "table",
        _sketch(called(asker, person), facts),
        plan={"customer": called(asker, person)},
        columns=[
            {"key": "fact", "label": _("Fact"), "kind": "dimension", "unit": "text"},
            {"key": "value", "label": _("Value"), "kind": "dimension", "unit": "text"},
        ],
        rows=[[name, written] for name, written in _facts(facts) if written],
        follow_ups=[
            _("Why is customer %(id)s likely to leave?") % {"id": called(asker, person)},
            _("What should we recommend to customer %(id)s?") % {"id": called(asker, person)},
        ],
    )


def _sketch(name: str, facts: dict[str, Any]) -> str:
    """One customer in two or three sentences."""
    language = formats.language()
    if not facts["orders"]:
        return _("Customer %(id)s has not ordered yet.") % {"id": name}
    said = [
        ngettext(
            "Customer %(id)s has placed %(orders)s order worth %(spend)s; the last was %(ago)s.",
            "Customer %(id)s has placed %(orders)s orders worth %(spend)s; the last was %(ago)s.",
            facts["orders"],
        )
        % {
            "id": name,
            "orders": formats.number(facts["orders"]),
            "spend": formats.money(facts["spend"] or 0),
            "ago": formats.ago(int(facts["recency_days"] or 0)),
        }
    ]
    if facts["segment"]:
        said.append(_("Segment: %(segment)s.") % {"segment": vocabulary.label("segment", facts["segment"], language)})
    if facts["churn_probability"] is not None:
        said.append(_("May not come back: %(chance)s.") % {"chance": formats.chance(facts["churn_probability"])})
    favourites = [str(item["category"]) for item in facts["favourite_categories"][:2]]
    if favourites:
        said.append(_("Buys mostly %(categories)s.") % {"categories": wording.listing(favourites)})
    return " ".join(said)


def _feature(key: str) -> str:
    term = vocabulary.FEATURES.get(key)
    return term.label(formats.language()) if term else key.replace("_", " ")


def _facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value of each fact, as people write them; what is not known is empty."""
    language = formats.language()

    def field(key: str) -> tuple[str, str]:
        about = CUSTOMER_FIELDS[key]
        value = facts[key]
        if value is None or value == "":
            return about.label(language), ""
        if about.terms:
            return about.label(language), about.terms[value].label(language) if value in about.terms else str(value)
        writers: dict[str, Callable[[Any], str]] = {
            "money": formats.money,
            "rate": formats.chance,
            "date": formats.long_day,
            "text": str,
        }
        writer = writers.get(about.kind, lambda number: formats.number(number, 0 if number == int(number) else 1))
        return about.label(language), writer(value)

    keys = ("country", "orders", "spend", "first_order", "last_order", "recency_days", "average_rating", "segment")
    scores = (
        "churn_band",
        "churn_probability",
        "purchase_probability",
        "value_365",
        "value_band",
        "next_order_expected",
    )
    rows = [field(key) for key in (*keys, *scores)]
    favourites = wording.listing([str(item["category"]) for item in facts["favourite_categories"]])
    return [*rows, (_("Favourite categories"), favourites)]


def _state(person: Customer) -> CustomerState | None:
    return CustomerState.objects.current().filter(customer=person).first()


def explain_prediction(asker: Asker, customer: str, what: str) -> Answer:
    """Why a customer has the score that they have: each reason with its value, what is usual, and its weight."""
    person = resolve(asker, customer)
    if person is None:
        return refuse(asker, "unknown_customer")
    state = _state(person)
    if state is None:
        return refuse(asker, "no_scores" if not CustomerState.objects.current().exists() else "no_score_for")
    if what == "segment":
        return _explain_segment(called(asker, person), state)
    probability = state.churn_probability if what == "churn" else state.purchase_probability
    if probability is None:
        return refuse(asker, "no_score_for")
    reasons = state.churn_reasons if what == "churn" else state.purchase_reasons
    sentence = (
        _("Customer %(id)s may not come back: %(chance)s.")
        if what == "churn"
        else _("Customer %(id)s may buy within 30 days: %(chance)s.")
    ) % {"id": called(asker, person), "chance": _chance(state, what, probability)}
    words = [vocabulary.say_reason(item, formats.language()) + "." for item in reasons[:3]]
    rows = [
        [
            _feature(item["feature"]),
            vocabulary.feature_value(item["feature"], item["value"]),
            vocabulary.feature_value(item["feature"], item["typical"]),
            item["contribution"],
        ]
        for item in reasons
    ]
    return Answer(
        "explanation",
        " ".join([sentence, *words]),
        plan={"customer": called(asker, person), "what": what},
        columns=[
            {"key": "reason", "label": _("Reason"), "kind": "dimension", "unit": "text"},
            {"key": "value", "label": _("Here"), "kind": "dimension", "unit": "text"},
            {"key": "typical", "label": _("Usual"), "kind": "dimension", "unit": "text"},
            {"key": "contribution", "label": _("Effect"), "kind": "metric", "unit": "rate"},
        ],
        rows=rows,
    )


def _chance(state: CustomerState, what: str, probability: float) -> str:
    if what == "churn" and state.churn_low is not None and state.churn_high is not None:
        return _("%(chance)s, between %(low)s and %(high)s") % {
            "chance": formats.chance(probability),
            "low": formats.chance(state.churn_low),
            "high": formats.chance(state.churn_high),
        }
    return formats.chance(probability)


def _explain_segment(name: str, state: CustomerState) -> Answer:
    if not state.segment:
        return Answer("refusal", wording.REFUSALS["no_score_for"]())
    term = vocabulary.RFM_SEGMENTS[state.segment]
    text = _(
        "Customer %(id)s is in “%(segment)s”: %(meaning)s Last order %(recency)s days ago (score %(r)s of 5), "
        "%(frequency)s orders (%(f)s of 5), %(money)s spent (%(m)s of 5)."
    ) % {
        "id": name,
        "segment": term.label(formats.language()),
        "meaning": term.meaning(formats.language()),
        "recency": state.recency_days,
        "frequency": state.frequency,
        "money": formats.money(state.monetary or 0),
        "r": state.r,
        "f": state.f,
        "m": state.m,
    }
    return Answer("explanation", text, plan={"customer": name, "what": "segment"})
