from __future__ import annotations

import time
import uuid

from hypothesis import given
from hypothesis import strategies as st

from insights.collect.uuid7 import read_uuid7, uuid7


def test_uuid7__is_of_version_7_and_sorts_by_time() -> None:
    before = time.time_ns() // 1_000_000
    made = []
    for _ in range(3):
        made.append(uuid7())
        time.sleep(0.002)
    assert made == sorted(made)
    assert all(found.version == 7 and found.variant == uuid.RFC_4122 for found in made)
    assert 0 <= (made[0].int >> 80) - before < 1000


def test_uuid7__no_two_alike() -> None:
    assert len({uuid7() for _ in range(1000)}) == 1000


@given(st.one_of(st.text(), st.none(), st.integers(), st.uuids(version=4).map(str)))
def test_read_uuid7__takes_version_7_alone(said: object) -> None:
    found = read_uuid7(said)
    assert found is None or (found.version == 7 and found == uuid.UUID(str(said)))


def test_read_uuid7__not_version_4() -> None:
    assert read_uuid7(str(uuid.uuid4())) is None


def test_read_uuid7__reads_what_was_made() -> None:
    made = uuid7()
    assert read_uuid7(str(made)) == made
