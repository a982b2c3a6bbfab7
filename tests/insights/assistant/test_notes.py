from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from insights.assistant.notes import note

JUNE = {"start": date(2026, 6, 1), "end": date(2026, 7, 1)}
NOTES: list[tuple[str, dict[str, Any], str]] = [
    ("default_period", JUNE, "Jun 2026"),
    ("most_recent", JUNE, "Jun 2026"),
    ("so_far", JUNE, "Jun 2026"),
    ("crossed", JUNE, "Jun 2026"),
    ("read_day", JUNE, "1 June 2026"),
    ("corrected", {"typed": "lsat", "read": "last"}, "lsat"),
    ("unused", {"words": ["zebra", "unicorn"]}, "“zebra”, “unicorn”"),
    ("not_known", {"words": ["zebra"]}, "zebra"),
    ("measured_by", {"metric": "units"}, "Units sold"),
    ("likely", {"share": 0.5}, "50%"),
    ("churn_band", {"band": "high"}, "High"),
    ("has_ordered", {}, "never ordered"),
    ("converted", {"currency": "EUR"}, "EUR"),
    ("no_rate", {"currency": "USD"}, "USD"),
    ("follow_up", {}, "before"),
    ("several", {"said": "sencha", "count": 3}, "3 products"),
    ("nonsense", {}, ""),
]


@pytest.mark.parametrize(("key", "values", "within"), NOTES, ids=[key for key, *_ in NOTES])
def test_note__says_what_was_taken_for_granted(key: str, values: dict[str, Any], within: str) -> None:
    with translation.override("en"):
        said = note(key, values)
    assert within in said
    assert said.endswith(".") or not within
    with translation.override("zh-hans"):
        assert bool(note(key, values)) == bool(within)
