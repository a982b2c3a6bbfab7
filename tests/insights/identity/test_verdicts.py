from __future__ import annotations

import pytest

from insights.identity import parted, unmerge
from insights.models import DuplicatePair, PairState
from tests.insights.identity.people import Two, join, person

pytestmark = pytest.mark.django_db


def test_parted__holds_for_those_who_were_joined_with_either(two: Two) -> None:
    ada, ben = two
    cleo, dan = person("cleo"), person("dan")
    unmerge(join(ada, ben))
    assert parted([ada.pk]) == parted([ben.pk]) == {(ada.pk, ben.pk)}
    assert parted([cleo.pk]) == set()
    join(ada, cleo)
    join(ben, dan)
    assert parted([cleo.pk]) == {(cleo.pk, dan.pk)}


def test_unmerge__keeps_the_source_from_all_above(two: Two) -> None:
    ada, ben = two
    cleo = person("cleo")
    made = join(ada, ben)
    join(ben, cleo)
    unmerge(made, by="kim")
    rejected = DuplicatePair.objects.filter(state=PairState.REJECTED, decided_by="kim")
    assert set(rejected.values_list("first", "second")) == {(ada.pk, ben.pk), (ada.pk, cleo.pk)}
