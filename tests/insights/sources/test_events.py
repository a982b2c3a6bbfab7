"""Events of a source: whose ids they keep."""

from __future__ import annotations

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.sources.events import event_id


@pytest.mark.parametrize(
    "key",
    [
        "019ab0c5-7a3e-7c11-9d3f-0a1b2c3d4e5f",
        "019ab0c57a3e7c119d3f0a1b2c3d4e5f",
        "3F2504E0-4F89-41D3-9A0C-0305E82C3301",
    ],
)
def test_a_uuid_is_kept(key: str) -> None:
    assert event_id("shop", key) == UUID(key)


@pytest.mark.parametrize(
    "key",
    ["95c76ab4-88ba-fad9-59d5-450592f3277b", "01a21aa3-3c69-8fbd-8025-8c141790ef9a", "d41d8cd98f00b2040980998ecf8427e"],
)
def test_any_other_key_gets_a_uuid_of_its_own(key: str) -> None:
    made = event_id("shop", key)
    assert made == event_id("shop", key)
    assert made != event_id("market", key)
    assert made.version == 5


@given(key=st.one_of(st.text(min_size=1, max_size=40), st.integers(0, 2**128 - 1).map("{:032x}".format)))
def test_every_id_is_one_that_each_database_stores(key: str) -> None:
    made = event_id("shop", key)
    assert made.variant == RFC_4122
    assert made.version in range(1, 8)
