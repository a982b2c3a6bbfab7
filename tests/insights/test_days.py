from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from insights.days import midnight


def test_midnight__is_the_shops(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    assert midnight(date(2026, 3, 2)).astimezone(UTC) == datetime(2026, 3, 1, 16, tzinfo=UTC)
