"""What somebody decides about bots, applied to the rows that are there: in steps, each of which may be the last.

A label stays what it is; whether its events count changes, and with them the visits. Each step is a transaction that
also moves the rule's place, so that killed anywhere it goes on from there, and two that apply a rule share the work.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from insights.batches import batches
from insights.cleaning import Verdicts, mark_stale, redraw_stale, settle_touches, verdicts
from insights.models import BotRule, Event, Verdict, atomic

from .ingest import OF_LISTS
from .rows import AT_ONCE

_STEP = 2_000
"""Events of one step."""
_COLUMNS = ("pk", "channel", "session_key", "visitor_id", "bot", "counts", "customer__is_real")


def decide(kind: str, key: str, verdict: str, by: str = "") -> BotRule:
    """Note what somebody says of a reason, a visitor or a session; :func:`recount` applies it.

    Args:
        key: the reason, the primary key of the visitor, or the key of the session.
        verdict: of :class:`insights.models.Verdict`; empty takes back what was said before.
        by: who says so.
    """
    said = {"verdict": verdict, "made_at": timezone.now(), "made_by": by[:150], "position": 0, "applied_at": None}
    rule, _ = BotRule.objects.update_or_create(kind=kind, key=key, defaults=said)
    return rule


def pending() -> bool:
    """Whether a decision is not applied to all rows yet."""
    return BotRule.objects.filter(applied_at=None).exists()


def recount(*, until: float | None = None) -> int:
    """Apply the decisions that are not applied yet; gives the number of events that changed.

    Args:
        until: by ``time.monotonic``; no step is begun later.
    """
    changed = 0
    while (until is None or time.monotonic() < until) and (rule := _next()) is not None:
        changed += _step(rule)
        drawn = redraw_stale(None, without=OF_LISTS)
        settle_touches(drawn.people, anew=True)
    return changed


def _next() -> BotRule | None:
    return BotRule.objects.filter(applied_at=None).order_by("made_at", "pk").first()


def _step(rule: BotRule) -> int:
    """Apply a rule to its next events."""
    # Looked for before the transaction: one that may write has SQLite to itself.
    rows = list(_events(rule).filter(pk__gt=rule.position).order_by("pk").values_list(*_COLUMNS)[:_STEP])
    with atomic():
        now = BotRule.objects.select_for_update().filter(
            pk=rule.pk, made_at=rule.made_at, position=rule.position, applied_at=None
        )
        held = now.first()
        if held is None:  # somebody else did this step, or said something else meanwhile
            return 0
        changed = _write(rows, verdicts())
        if rows:
            BotRule.objects.filter(pk=held.pk).update(position=rows[-1][0])
        if len(rows) == _STEP:
            return changed
        if held.verdict == Verdict.NONE:
            held.delete()
        else:
            BotRule.objects.filter(pk=held.pk).update(applied_at=timezone.now())
    return changed


def _events(rule: BotRule) -> Any:
    column = {BotRule.Kind.REASON: "bot", BotRule.Kind.SESSION: "session_key"}.get(
        BotRule.Kind(rule.kind), "visitor_id"
    )
    return Event.objects.filter(**{column: rule.key})


def _write(rows: Sequence[tuple[Any, ...]], said: Verdicts) -> int:
    wanted: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    sessions = set()
    for pk, channel, session, visitor, bot, counts, is_real in rows:
        if not counts and not bot:  # the staff's, a test's, or told twice
            continue
        label, good = said.judge(bot, session=session, visitor=visitor)
        good = good and is_real is not False
        if (label, good) != (bot, counts):
            wanted[label, good].append(pk)
            sessions.add((channel, session))
    for (label, good), pks in wanted.items():
        for some in batches(pks, AT_ONCE):
            Event.objects.filter(pk__in=some).update(bot=label, counts=good)
    mark_stale(_named(sessions), timezone.now())
    return sum(map(len, wanted.values()))


def _named(sessions: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Machines that a log names have no session."""
    return [(channel, session) for channel, session in sessions if session]
