"""Sessions that are labelled, visitors who are busy, and what somebody decided about either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.analytics import TimeRange
from insights.analytics.noise import PAGES
from insights.cleaning import REASONS, Verdicts, verdicts
from insights.models import BotRule, Event, Verdict, Visit
from insights.panel.labels import DEVICES, plain

SESSIONS = 10
_LOOKED_AT = 2_000
"""The latest labelled events, among which sessions are looked for."""


@dataclass(frozen=True)
class Session:
    """A session, or all that a visitor does, with what can be said of it.

    Attributes:
        kind, key: what a decision would be about.
        verdict: what was decided.
    """

    kind: str
    key: str
    name: str
    reason: str
    when: str
    what: str
    page: str
    device: str
    verdict: str


@dataclass(frozen=True)
class Decision:
    """Something that was decided."""

    kind: str
    key: str
    name: str
    said: str
    when: str
    by: str
    applied: bool


def reason_name(key: str) -> str:
    """What a label is called."""
    return str(REASONS[key].label) if key in REASONS else plain(key)


def labelled(days: TimeRange, reason: str = "") -> list[Session]:
    """The latest sessions that have a label, or a certain one."""
    events = Event.objects.filter(name__in=PAGES, local_date__gte=days.start, local_date__lt=days.end)
    events = events.exclude(session_key="")
    events = events.filter(bot=reason) if reason else events.exclude(bot="")
    said = verdicts()
    found: dict[str, list[Any]] = {}
    rows = events.order_by("-pk").values_list("session_key", "visitor_id", "bot", "occurred_at", "page", "device")
    for session, *row in rows[:_LOOKED_AT]:
        if session in found or len(found) < SESSIONS:
            found.setdefault(session, []).append(row)
    return [_session(said, key, rows) for key, rows in found.items()]


def busy(days: TimeRange) -> list[Session]:
    """The visits with the most page and product views that count as people's."""
    visits = Visit.objects.filter(counts=True, bot="", local_date__gte=days.start, local_date__lt=days.end)
    rows = visits.exclude(session_key="").annotate(seen=F("page_views") + F("views")).filter(seen__gt=1)
    rows = rows.order_by("-seen", "-pk")
    said = verdicts()
    names = ("session_key", "visitor_id", "bot", "started_at", "ended_at", "landing", "device", "seen")
    found = []
    for key, visitor, bot, start, end, page, device, views in rows.values_list(*names)[:SESSIONS]:
        what = _("%(count)s views in %(time)s") % {
            "count": formats.number(views),
            "time": formats.duration((end - start).total_seconds()),
        }
        found.append(_of(said, key, visitor, bot, formats.moment(start), what, page, device))
    return found


def decisions() -> list[Decision]:
    """What is decided, the latest first; what was taken back and is applied is none any more."""
    words = {
        Verdict.PEOPLE: _("counts after all"),
        Verdict.MACHINE: _("is a bot"),
        Verdict.NONE: _("as the labels say"),
    }
    return [
        Decision(
            rule.kind,
            rule.key,
            _name(rule.kind, rule.key),
            words[Verdict(rule.verdict)],
            formats.moment(rule.made_at),
            rule.made_by,
            rule.applied_at is not None,
        )
        for rule in BotRule.objects.order_by("-made_at", "-pk")
    ]


def _session(said: Verdicts, key: str, rows: Sequence[Any]) -> Session:
    visitor, bot, when, page, device = rows[0]
    what = ngettext("%(count)s view", "%(count)s views", len(rows)) % {"count": formats.number(len(rows))}
    return _of(said, key, visitor, bot, formats.moment(when), what, page, device)


def _of(
    said: Verdicts, session: str, visitor: int | None, bot: str, when: str, what: str, page: str, device: str
) -> Session:
    kind, key = (BotRule.Kind.VISITOR, str(visitor)) if visitor else (BotRule.Kind.SESSION, session)
    return Session(
        str(kind.value),
        key,
        _name(kind, key),
        reason_name(bot) if bot else "",
        when,
        what,
        page,
        str(DEVICES.get(device, device)),
        said.of(session, visitor),
    )


def _name(kind: str, key: str) -> str:
    if kind == BotRule.Kind.REASON:
        return reason_name(key)
    if kind == BotRule.Kind.VISITOR:
        return _("Visitor %(number)s") % {"number": key}
    return _("Session %(key)s") % {"key": key[:8]}
