"""What the tools do: one function a tool, on the semantic layer and on serving, with no LangChain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from insights import formats, vocabulary
from insights.analytics import DIMENSIONS, METRICS, Query, known_key, run
from insights.assistant import wording
from insights.assistant.answer import Answer
from insights.assistant.notes import note
from insights.conf import settings
from insights.models import Category, Customer, Order, Product

TIME_GRAINS = ("day", "week", "month", "quarter", "year")


@dataclass
class Asker:
    """Who asks, in which language, and as of when."""

    user: Any
    today: date
    as_of: datetime | None = None
    language: str = "en"

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Have sentences, figures and dates in the asker's language."""
        with translation.override("zh-hans" if self.language.startswith("zh") else "en"):
            yield


def shop_values() -> dict[str, Any]:
    """The shop's own names, by dimension, so that questions may use them; with what they are called besides.

    Other names come from the function that ``INSIGHTS["ASSISTANT"]["NAMES"]`` names.
    """

    def distinct(rows: Any, column: str, limit: int = 2000) -> list[str]:
        return [name for name in rows.order_by().values_list(column, flat=True).distinct()[:limit] if name]

    orders, customers = Order.objects.all(), Customer.objects.all()
    places = {
        place: list(dict.fromkeys([*distinct(orders, place), *distinct(customers, place)]))
        for place in ("country", "region", "city")
    }
    values = {
        **places,
        "category": distinct(Category.objects.all(), "name"),
        "brand": distinct(Product.objects.all(), "brand"),
        "product": distinct(Product.objects.filter(is_real=True, parent=None), "name", 5000),
        "coupon": distinct(orders, "coupon", 500),
        "traffic_source": distinct(orders, "utm_source", 200),
    }
    others = import_string(settings.ASSISTANT.NAMES)() if settings.ASSISTANT.NAMES else {}
    return {
        dimension: {name: list(others[dimension].get(name, ())) for name in names} if dimension in others else names
        for dimension, names in values.items()
    }


def query_metrics(asker: Asker, query: Query, share_of: list[str] | None = None) -> Answer:
    """Figures: one number, a table by dimensions, or a series over time.

    Args:
        share_of: give each row's share of the whole; the sentence names those of these values, or of the highest.
    """
    over_time = bool(query.columns) and query.columns[0] in TIME_GRAINS
    changes: dict[str, Any] = {}
    if asker.as_of is not None and query.as_of is None:
        changes["as_of"] = asker.as_of
    if query.columns and not over_time and (query.limit is None or query.limit > settings.ASSISTANT.MAX_ROWS):
        changes["limit"] = settings.ASSISTANT.MAX_ROWS
    query = query.model_copy(update=changes)
    result = run(query, user=asker.user)
    plain = result.as_dict()
    columns, rows, text = plain["columns"], plain["rows"], wording.figures(query, result)
    if share_of is not None and (shares := wording.shares(result)):
        columns = [*columns, {"key": "share", "label": _("Share"), "kind": "metric", "unit": "rate"}]
        rows = [[*row, share] for row, share in zip(rows, shares, strict=True)]
        text = wording.share_sentence(query, result, shares, share_of)
    return Answer(
        "number" if not query.columns else "series" if over_time else "table",
        text,
        plan={"query": query.model_dump(mode="json", exclude_none=True, exclude_defaults=True)},
        columns=columns,
        rows=rows,
        assumptions=list(result.notes),
        follow_ups=wording.next_questions(query),
        definitions=result.definitions,
        comparison=plain["comparison"] or {},
    )


def define(asker: Asker, kind: str, key: str, beside: list[str] | None = None) -> Answer:
    """What a word means, or what several of a kind mean side by side.

    Raises:
        QueryError: there is no such word; the message names the nearest.
    """
    options: Any = {"metric": METRICS, "dimension": DIMENSIONS}.get(kind) or vocabulary.KINDS.get(kind, {})
    known_key(kind, key, options)
    if beside:
        told = [define(asker, kind, each) for each in (key, *beside)]
        together = {name: meaning for answer in told for name, meaning in answer.definitions.items()}
        return Answer("explanation", "\n".join(answer.text for answer in told), definitions=together)
    language = formats.language()
    if kind == "metric":
        metric = METRICS[key]
        text = f"{metric.label(language)}: {metric.definition(language)}"
        definitions = {metric.label(language): metric.definition(language)}
    elif kind == "dimension":
        text = _("%(name)s is a way to break figures down.") % {"name": DIMENSIONS[key].label(language)}
        definitions = {}
    else:
        term = vocabulary.KINDS[kind][key]
        text = f"{term.label(language)}: {term.meaning(language)}"
        definitions = {term.label(language): term.meaning(language)}
    return Answer("explanation", text, definitions=definitions)


def clarify(asker: Asker, question: str) -> Answer:
    """Ask back, with the readings as questions to choose from."""
    text, options = wording.clarification(question)
    return Answer("clarification", text, follow_ups=options)


def refuse(asker: Asker, reason: str, words: list[str] | None = None, instead: list[str] | None = None) -> Answer:
    """Say no, why, and what can be asked instead; and give no figure.

    Args:
        words: those that were not understood.
        instead: how the question may have been meant.
    """
    sentence = wording.REFUSALS.get(reason, wording.REFUSALS["not_understood"])()
    if words and reason in ("not_understood", "no_metric", "no_such_day"):
        sentence = _(" ").join([sentence, note("not_known", {"words": words[:5]})])
    if instead:
        sentence = _(" ").join([sentence, _("Did you mean one of these?")])
    return Answer("refusal", sentence, follow_ups=instead or wording.suggestions(reason))
