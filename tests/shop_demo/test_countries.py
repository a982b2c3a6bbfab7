from __future__ import annotations

import re

from shop_demo.countries import COUNTRIES, EUROPE, HOME
from shop_demo.simulator.people import PLACES


def test_codes_are_of_two_letters_and_each_has_a_name() -> None:
    assert all(re.fullmatch("[A-Z]{2}", code) and str(name) for code, name in COUNTRIES.items())


def test_home_is_no_part_of_europes_postage_and_simulated_people_live_where_the_shop_sends_to() -> None:
    assert HOME in COUNTRIES
    assert HOME not in EUROPE
    assert {place[0] for place in PLACES} <= set(COUNTRIES)
