"""The sentences of the assistant, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from insights import formats
from insights.analytics import DIMENSIONS, GRAINS, METRICS, Query, Result, allowed

OPENING = date(2000, 1, 1)
"""What begins then or earlier has no beginning in words."""


def period(start: date, end: date) -> str:
    """A half-open stretch in words: its first and its last day, or the one day."""
    last = end - timedelta(days=1)
    if start == last:
        return formats.long_day(start)
    if start.day == 1 and end.day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month
        if months == 1:
            return formats.month(start)
        if months == 12 and start.month == 1:
            return _("%(year)s") % {"year": start.year}
    return _("%(first)s to %(last)s") % {"first": formats.long_day(start), "last": formats.long_day(last)}


def in_period(start: date, end: date) -> str:
    """A stretch as the end of a sentence."""
    if end - start == timedelta(days=1):
        return _("on %(day)s") % {"day": formats.long_day(start)}
    if start <= OPENING:
        return _("until %(day)s") % {"day": formats.long_day(end - timedelta(days=1))}
    words = period(start, end)
    return _("in %(period)s") % {"period": words} if _whole(start, end) else _("from %(period)s") % {"period": words}


def _whole(start: date, end: date) -> bool:
    return start.day == 1 and end.day == 1 and ((end.year - start.year) * 12 + end.month - start.month) in (1, 12)


def label(key: str) -> str:
    """The name of a metric, in a sentence."""
    return METRICS[key].label(formats.language())


def change(now: Any, before: Any, unit: str, currency: str = "") -> str:
    """How a figure moved: ``8.4% more than £44,476 before``."""
    if now is None or before is None:
        return _("there is nothing to compare with")
    if now == before:
        return _("the same as before")
    written = formats.figure(before, unit, currency)
    if unit == "rate":
        moved = formats.points(float(now) - float(before))
    elif not before:
        return _("up from %(before)s") % {"before": written}
    else:
        moved = formats.percent(abs((float(now) - float(before)) / float(before)))
    sentence = _("up %(moved)s from %(before)s") if now > before else _("down %(moved)s from %(before)s")
    return sentence % {"moved": moved, "before": written}


def moved_by(difference: Any, unit: str) -> str:
    """A difference with its sign: ``+£1,200``, ``−3``."""
    written = formats.figure(abs(difference), unit)
    return f"{formats.MINUS if difference < 0 else '+'}{written}"


def listing(parts: Sequence[str], limit: int = 3) -> str:
    """A few names in a row: ``A, B and C``."""
    shown = list(parts[:limit])
    if len(shown) < 2:
        return "".join(shown)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(shown[:-1]), "last": shown[-1]}


REFUSALS: dict[str, Callable[[], str]] = {
    "language": lambda: _("I understand English and Chinese only. 我只懂英文和中文。"),
    "empty": lambda: _("Ask about sales, orders, customers or products."),
    "not_understood": lambda: _("I could not tell which figure, customers or products this is about."),
    "help": lambda: _(
        "I answer from this shop's own data: figures and trends, comparisons, lists of customers, one customer, "
        "recommendations, and why a prediction is what it is."
    ),
    "write": lambda: _("I only read. Orders, prices and customers are changed in the shop itself."),
    "secret": lambda: _("Passwords, cards and keys are not in the data that I can read."),
    "contact": lambda: _(
        "I give out no addresses, e-mail addresses or phone numbers. Open the customer's page if you may see them."
    ),
    "outside": lambda: _("I know this shop's data and nothing else."),
    "future": lambda: _("I have no figures of days to come. For single customers there is the expected next order."),
    "write_mail": lambda: _("I write to nobody. I can list who it should go to."),
    "sql": lambda: _("I take questions, not commands."),
    "permission": lambda: _(
        "You may not ask here. An administrator can give you the permission “Can ask the assistant”."
    ),
    "unknown_customer": lambda: _("There is no customer with that id."),
    "unknown_product": lambda: _("There is no product with that name or id."),
    "no_scores": lambda: _("There are no predictions yet. Train the models first: Insights, Training, “Train now”."),
    "no_score_for": lambda: _("There is not enough history to say anything of this customer."),
    "no_metric": lambda: _("The shop's data that I can read holds no such figure."),
    "single_orders": lambda: _("I count and sum orders, and cannot list single ones. The shop itself shows them."),
    "no_such_day": lambda: _("There is no such day."),
    "failed": lambda: _(
        "The model that answers questions could not be reached. Nothing was changed; try again, or use the offline model."
    ),
    "unfounded": lambda: _("The model gave no answer that rests on this shop's data, so none is shown. Ask again."),
    "too_many_steps": lambda: _("The model took too many steps without an answer. Ask for one thing at a time."),
    "timeout": lambda: _("That took too long and was given up. Ask for a shorter period or fewer parts."),
}


def suggestions(reason: str) -> list[str]:
    """Questions near to what was refused that can be answered."""
    likely = _("Which customers are most likely to buy in the next 30 days?")
    leaving = _("Which loyal customers are about to leave?")
    revenue = _("What was our revenue last month, compared with the month before?")
    products = _("Top 10 products in the last 90 days")
    repeat = _("What is the repeat rate by country?")
    return {
        "future": [likely, revenue],
        "contact": [leaving, likely],
        "write_mail": [leaving, likely],
        "no_scores": [revenue, products],
    }.get(reason, [revenue, leaving, products, repeat])


def clarification(question: str) -> tuple[str, list[str]]:
    """What is asked back, with the readings to choose from as full questions."""
    if question == "best_customers":
        return _("“Best” can mean several things here. Which one?"), [
            _("Which customers spent the most in the last 365 days?"),
            _("Which customers ordered most often?"),
            _("Which customers have the highest lifetime value?"),
        ]
    if question == "best_products":
        return _("“Best” can mean several things here. Which one?"), [
            _("Top 10 products by revenue in the last 90 days"),
            _("Top 10 products by units sold in the last 90 days"),
            _("Top 10 products by average rating"),
        ]
    return _("Which figure do you mean?"), [
        _("What was our revenue in the last 30 days, compared with the period before?"),
        _("How many orders in the last 30 days, compared with the period before?"),
        _("How many new customers in the last 30 days?"),
    ]


def figures(query: Query, result: Result) -> str:
    """The sentence over figures: the whole, against what, and what stands out."""
    metric = result.metrics[0]
    total = result.totals.get(metric.key)
    when = in_period(query.time_range.start, query.time_range.end) if query.time_range else _("in all")
    if not result.rows or (not query.columns and total is None):
        return _("There is nothing to show %(when)s.") % {"when": when}
    sentences = []
    for column in result.metrics:
        value = formats.figure(result.totals.get(column.key), column.unit, result.currency)
        sentence = _("%(name)s %(when)s: %(value)s") % {"name": column.label, "when": when, "value": value}
        if result.comparison is not None:
            moved = change(
                result.totals.get(column.key), result.comparison.totals.get(column.key), column.unit, result.currency
            )
            against = period(result.comparison.time_range.start, result.comparison.time_range.end)
            sentence += _(" — %(moved)s (%(against)s)") % {"moved": moved, "against": against}
        sentences.append(_("%(sentence)s.") % {"sentence": sentence})
    if query.columns and len(result.rows) > 1:
        sentences.append(_stands_out(result))
    if result.groups > len(result.rows):
        sentences.append(
            _("Shown: %(shown)s of %(all)s rows.")
            % {"shown": formats.number(len(result.rows)), "all": formats.number(result.groups)}
        )
    return _(" ").join(filter(None, sentences))


def shares(result: Result) -> list[float]:
    """Each row's share of the whole; nothing where the parts do not add up to one."""
    metric, place = result.metrics[0], len(result.dimensions)
    total = result.totals.get(metric.key)
    if not total or place != 1 or (not METRICS[metric.key].additive and metric.key not in ("customers", "buyers")):
        return []
    return [float(row[place] / total) if row[place] is not None else 0.0 for row in result.rows]


def share_sentence(query: Query, result: Result, parts: Sequence[float], values: Sequence[str]) -> str:
    """What share of the whole some rows have: ``Germany: 5.2% of Revenue in October 2026 (£2,400 of £46,100).``"""
    metric = result.metrics[0]
    when = in_period(query.time_range.start, query.time_range.end) if query.time_range else _("in all")
    total = formats.figure(result.totals[metric.key], metric.unit, result.currency)
    wanted = {value.casefold() for value in values}
    lines = [
        _("%(name)s: %(share)s of %(metric)s %(when)s (%(value)s of %(total)s).")
        % {
            "name": shown(row[0], asdict(result.dimensions[0])),
            "share": formats.percent(part),
            "metric": metric.label,
            "when": when,
            "value": formats.figure(row[1], metric.unit, result.currency),
            "total": total,
        }
        for row, part in zip(result.rows, parts, strict=True)
        if str(row[0]).casefold() in wanted or not wanted
    ]
    return _(" ").join(lines[: max(len(wanted), 1)]) if lines else figures(query, result)


def _stands_out(result: Result) -> str:
    """The highest row, in words."""
    place = len(result.dimensions)
    metric = result.metrics[0]
    rows = [row for row in result.rows if row[place] is not None]
    if not rows:
        return ""
    best = max(rows, key=lambda row: row[place])
    first = result.dimensions[0]
    return _("Highest: %(name)s with %(value)s.") % {
        "name": shown(best[0], asdict(first)),
        "value": formats.figure(best[place], metric.unit, result.currency),
    }


def shown(value: Any, column: Mapping[str, Any], currency: str = "") -> str:
    """A cell of an answer as people write it.

    Args:
        column: its ``key``, ``kind``, ``unit`` and, where its values have names, ``labels``.
    """
    if value is None:
        return "–"
    labels = column.get("labels") or {}
    name = labels.get(value, labels.get(str(value)))
    if name is not None:
        return str(name)
    if column.get("key") in GRAINS:
        return formats.bucket(date.fromisoformat(str(value)[:10]), str(column["key"]))
    unit = str(column.get("unit", ""))
    if column.get("kind") == "metric" or unit in ("money", "rate"):
        return formats.figure(Decimal(str(value)) if unit == "money" else value, unit, currency)
    return formats.number(value, 2) if isinstance(value, float) else str(value)


def next_questions(query: Query) -> list[str]:
    """What one might ask next, in full words that are understood."""
    name = label(query.metrics[0])
    ideas = []
    if query.time_range and query.compare_to is None:
        ideas.append(_("Compared with the period before?"))
    for key in ("country", "category", "new_or_returning", "first_channel", "month"):
        if (
            key in allowed(query.metrics[0])
            and key not in query.columns
            and METRICS[query.metrics[0]].unit in ("money", "count")
        ):
            ideas.append(_("And by %(dimension)s?") % {"dimension": DIMENSIONS[key].label(formats.language()).lower()})
            break
    if query.compare_to is not None:
        ideas.append(_("Why did %(metric)s change?") % {"metric": name.lower()})
    ideas.append(_("What does %(metric)s mean?") % {"metric": name.lower()})
    return ideas[:3]
