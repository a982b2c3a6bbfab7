"""Two people with rows of every kind."""

from __future__ import annotations

import pytest

from insights.identity import first_orders
from tests.insights.identity.people import Two, outfit, person


@pytest.fixture
def two(db: None) -> Two:
    ada, ben = person("ada"), person("ben")
    for customer in (ada, ben):
        outfit(customer)
    first_orders([ada.pk, ben.pk])
    return ada, ben
