"""Answer a query: plan, read, fill, compare, sort, name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from insights import formats
from insights.analytics.compile import Groups, groups
from insights.analytics.dimensions import DIMENSIONS, TIME_DIMENSIONS
from insights.analytics.facts import FACTS, Scope, current_generation
from insights.analytics.figures import figures
from insights.analytics.measures import Measure
from insights.analytics.metrics import METRICS
from insights.analytics.naming import Names, names_of
from insights.analytics.plan import Step, plan
from insights.analytics.query import Query
from insights.analytics.result import Column, Comparison, Result, change
from insights.analytics.shape import Key, Values, align, arrange, fill, passes
from insights.analytics.time import TimeRange
from insights.conf import settings
from insights.models import kept_since

Steps = Mapping[str, Step]
_NOBODYS_VISITS = replace(FACTS["visits"], paths={"source": ""})
"""Visits of which nobody knows any more who came."""


def run(query: Query, *, user: Any = None) -> Result:
    """Answer a query.

    Args:
        query: what to show.
        user: who asks; customers are named only to one with ``insights.see_personal_data``.

    Raises:
        QueryError: a metric cannot be broken down or filtered as asked.
    """
    began = time.perf_counter()
    steps = _steps(query)
    empty = figures({}, steps, query.currency)
    now, totals = _read(query, steps, query.time_range)
    fill(now, query, empty)
    then: Values = {}
    totals_then: dict[str, Any] = {}
    if query.compared is not None:
        earlier, totals_then = _read(query, steps, query.compared)
        then = align(earlier, query)
        if not TIME_DIMENSIONS & set(query.columns):
            now = {**{key: list(empty) for key in then}, **now}
    keys = arrange({key: values for key, values in now.items() if passes(query, values)}, query)
    shown = keys[: query.limit]
    names = [names_of(name, [key[place] for key in shown], user) for place, name in enumerate(query.columns)]
    language = get_language() or "en"
    return Result(
        columns=_columns(query, names, language),
        rows=[[*(name.value(part) for name, part in zip(names, key, strict=True)), *now[key]] for key in shown],
        totals=totals,
        query=query,
        groups=len(keys),
        comparison=_comparison(query, shown, then, empty, totals, totals_then),
        definitions={key: METRICS[key].definition(language, step.recipe) for key, step in steps.items()},
        notes=[*_notes(query, language), *_let_go(query, steps, language)],
        currency=query.currency or settings.BASE_CURRENCY,
        seconds=time.perf_counter() - began,
    )


def _steps(query: Query) -> Steps:
    used = [*query.columns, *(chosen.dimension for chosen in query.filters)]
    has_period = query.time_range is not None or query.finest_grain is not None
    return {key: plan(key, used, has_period=has_period and not METRICS[key].is_state) for key in query.metrics}


def _read(query: Query, steps: Steps, time_range: TimeRange | None) -> tuple[Values, dict[str, Any]]:
    """The metrics by group, and of all groups together.

    What adds up is summed from the groups; anything else is asked for again without dimensions.
    """
    generation = current_generation() if _of_states(query, steps) else None
    flow = Scope(query.as_of, time_range, query.finest_grain, generation)
    found: Groups = {}
    whole: dict[Measure, Any] = {}
    for is_state in (False, True):
        needed = [part for key, step in steps.items() if METRICS[key].is_state is is_state for part in step.measures()]
        if not needed:
            continue
        scope = replace(flow, time_range=None, grain=None) if is_state else flow
        parts = groups(needed, scope, query.columns, query.filters)
        for group, values in parts.items():
            found.setdefault(group, {}).update(values)
        rest = [measure for measure in needed if not measure.adds_up] if query.columns else []
        if rest:
            whole |= groups(rest, replace(scope, grain=None), (), query.filters).get((), {})
        for measure in set(needed) - set(rest):
            there = [values[measure] for values in parts.values() if measure in values]
            if there:
                whole[measure] = sum(there[1:], there[0])
    if not query.columns:
        found.setdefault((), {})
    totals = dict(zip(steps, figures(whole, steps, query.currency), strict=True))
    return {key: figures(values, steps, query.currency) for key, values in found.items()}, totals


def _of_states(query: Query, steps: Steps) -> bool:
    """Whether the current predictions are looked at."""
    used = [*query.columns, *(chosen.dimension for chosen in query.filters)]
    return any(DIMENSIONS[key].of_states for key in used) or any(
        measure.of_states for step in steps.values() for measure in step.measures()
    )


def _columns(query: Query, names: list[Names], language: str) -> list[Column]:
    by = [
        Column(key, DIMENSIONS[key].label(language), "dimension", DIMENSIONS[key].kind, name.coded)
        for key, name in zip(query.columns, names, strict=True)
    ]
    return [*by, *(Column(key, METRICS[key].label(language), "metric", METRICS[key].unit) for key in query.metrics)]


def _comparison(
    query: Query, shown: list[Key], then: Values, empty: list[Any], now: dict[str, Any], before: dict[str, Any]
) -> Comparison | None:
    if query.compared is None:
        return None
    return Comparison(
        query.compared,
        [then.get(key, list(empty)) for key in shown],
        before,
        {key: change(now[key], before[key]) for key in query.metrics},
    )


def _notes(query: Query, language: str) -> list[str]:
    notes = []
    states = [METRICS[key].label(language) for key in query.metrics if METRICS[key].is_state]
    if query.time_range is not None and states:
        notes.append(_("%(metrics)s: as of the last training, whatever the period.") % {"metrics": ", ".join(states)})
    if "currency" in query.columns and any(METRICS[key].unit == "money" for key in query.metrics):
        shown = query.currency or settings.BASE_CURRENCY
        notes.append(_("All amounts are in %(currency)s, whatever was paid in.") % {"currency": shown})
    return notes


def _let_go(query: Query, steps: Steps, language: str) -> list[str]:
    """What is no longer known of the days that the query reaches back to, since it was not to be kept for ever."""
    ranges = [found for found in (query.time_range, query.compared) if found is not None]
    first = min(found.start for found in ranges) if query.time_range is not None else None
    facts = {
        key: {fact for part in step.measures() for fact in (part.fact, part.leans_on)} for key, step in steps.items()
    }
    notes = []
    of_events = [METRICS[key].label(language) for key in steps if "events" in facts[key]]
    if of_events and (since := kept_since("events")) and (first is None or first < since):
        notes.append(
            _("%(metrics)s: events are kept since %(day)s; of earlier days nothing is counted.")
            % {"metrics": ", ".join(of_events), "day": formats.long_day(since)}
        )
    used = {*query.columns, *(chosen.dimension for chosen in query.filters)}
    of_people = any(DIMENSIONS[key].read(_NOBODYS_VISITS, Scope()) is None for key in used)
    of_visits = any("visits" in facts[key] and (of_people or key == "visitors") for key in steps)
    if of_visits and (since := kept_since("visits")) and (first is None or first < since):
        notes.append(
            _("Visits before %(day)s are kept as numbers: who came, and how many different visitors, is not known.")
            % {"day": formats.long_day(since)}
        )
    return notes
