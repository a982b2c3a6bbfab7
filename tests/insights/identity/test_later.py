from __future__ import annotations

import pytest

from insights.identity import unmerge
from insights.identity.later import gather
from tests.insights.identity.people import Two, join, order

pytestmark = pytest.mark.django_db


def test_gather__what_was_written_in_the_moment_of_the_merge(two: Two) -> None:
    ada, ben = two
    made = join(ada, ben)
    late = order(ada, "late")
    assert gather() == 1
    late.refresh_from_db()
    assert late.customer == ben
    assert gather() == 0
    unmerge(made)
    late.refresh_from_db()
    assert late.customer == ada
