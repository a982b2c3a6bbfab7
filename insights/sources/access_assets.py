"""Visitors of an access log whose browser loads pages and nothing that belongs to them: no browser of a person does.

Where a shop's pictures, styles and scripts come from elsewhere, its log has none, and says nothing by it. So a session
is labelled only on days on which enough others loaded some.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Max

from insights.batches import batches
from insights.cleaning import redraw_visits, verdicts
from insights.models import Event, Visit, atomic

PAGES = 3
"""A session of fewer pages may have had everything else in its cache."""
ENOUGH = 20
"""Sessions of a day that must have loaded something, and at least as many as did not."""
_REASON = "no_assets"
_PAUSE = timedelta(minutes=10)
"""What belongs to a page may stand in the log after it."""
_BATCH = 500


def note_assets(channel: str, sessions: Iterable[str]) -> None:
    """Write down that the pages of sessions loaded something."""
    for some in batches(sorted(sessions), _BATCH):
        Visit.objects.filter(channel=channel, session_key__in=some, assets=False).update(assets=True)


def label_bare(channel: str, days: Iterable[date]) -> int:
    """Label the sessions of some days that loaded pages alone, and take the label from those that turned out not to.

    Returns:
        How many sessions were labelled.
    """
    labelled = 0
    for day in sorted(set(days)):
        visits = Visit.objects.filter(channel=channel, local_date=day).order_by()
        loaded = visits.filter(assets=True)
        wrong = set(loaded.filter(bot=_REASON).values_list("session_key", flat=True))
        bare = visits.filter(assets=False, page_views__gte=PAGES)
        there, without = (rows.values("session_key").distinct().count() for rows in (loaded, bare))
        found: set[str] = set()
        if there >= max(ENOUGH, without):
            over = _last(channel, day) - _PAUSE
            found = set(bare.filter(bot="", counts=True, ended_at__lt=over).values_list("session_key", flat=True))
        for sessions, has in ((wrong, False), (found, True)):
            for some in batches(sorted(sessions), _BATCH):
                _write(channel, some, has)
        labelled += len(found)
    return labelled


def _last(channel: str, day: date) -> datetime:
    last: datetime = Visit.objects.filter(channel=channel, local_date__gte=day).aggregate(last=Max("ended_at"))["last"]
    return last


def _write(channel: str, sessions: list[str], has: bool) -> None:
    said = verdicts()
    of: defaultdict[bool, list[str]] = defaultdict(list)
    for key in sessions:
        of[said.judge(_REASON if has else "", session=key)[1]].append(key)
    with atomic():
        for counts, keys in of.items():
            events = Event.objects.filter(channel=channel, session_key__in=keys)
            # What was left out before, such as what was told twice, stays as it is.
            theirs = events.filter(bot="", counts=True) if has else events.filter(bot=_REASON)
            theirs.update(bot=_REASON if has else "", counts=counts)
        redraw_visits(channel, sessions)
