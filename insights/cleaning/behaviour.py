"""What machines do that people do not: pure functions over the events of a session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

PAGES_A_MINUTE = 60
"""More page views than this within a minute are no reading."""
PAGES_AN_HOUR = 600
"""More page views than this within an hour are no shopping."""
_LIMITS = ((timedelta(minutes=1), PAGES_A_MINUTE), (timedelta(hours=1), PAGES_AN_HOUR))


def behaviour_reason(page_views: Sequence[datetime]) -> str:
    """Why what somebody did in a session is taken for a machine's, as a key; empty for people.

    Args:
        page_views: when a page was looked at, in order of time.
    """
    for length, most in _LIMITS:
        for first, last in zip(page_views, page_views[most:], strict=False):
            if last - first <= length:
                return "too_fast"
    return ""
