from __future__ import annotations

from datetime import date

import pytest

from insights.models import keep_since, kept_since

pytestmark = pytest.mark.django_db


def test_kept_since__moves_forward_alone_and_kinds_do_not_disturb_each_other() -> None:
    assert kept_since("events") is None
    keep_since("events", date(2026, 3, 1))
    keep_since("visits", date(2026, 2, 1))
    keep_since("events", date(2025, 3, 1))
    assert (kept_since("events"), kept_since("visits")) == (date(2026, 3, 1), date(2026, 2, 1))
    assert kept_since("events", "visits") == date(2026, 3, 1)
    assert kept_since("nothing") is None
    keep_since("events", date(2026, 3, 2))
    assert kept_since("events") == date(2026, 3, 2)
