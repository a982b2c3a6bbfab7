from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.identity import email_match_key, name_key, phone_key
from insights.identity.calling import CALLING


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada.lovelace@gmail.com", "adalovelace+shop@googlemail.com"),
        ("ben+news@example.com", "ben@example.com"),
    ],
)
def test_email_match_key__what_may_reach_one_mailbox(one: str, other: str) -> None:
    assert email_match_key(one) == email_match_key(other)


def test_email_match_key__elsewhere_dots_tell_people_apart() -> None:
    assert email_match_key("a.b@example.com") != email_match_key("ab@example.com")
    assert email_match_key("+@example.com") == "+@example.com"
    assert email_match_key("none") == email_match_key("") == ""


@pytest.mark.parametrize(
    ("written", "country", "key"),
    [
        ("+44 (0)20 7946 0000", "", "442079460000"),
        ("020 7946 0000", "GB", "442079460000"),
        ("0044-20-7946-0000", "", "442079460000"),
        ("020 7946 0000 ext. 12", "United Kingdom", "442079460000"),
        ("138 1234 5678", "中国", "8613812345678"),
        ("+86 138-1234-5678", "US", "8613812345678"),
        ("8613812345678", "CN", "8613812345678"),
        ("１３８１２３４５６７８", "CN", "8613812345678"),
        ("1-202-555-0123", "US", "12025550123"),
        ("(202) 555-0123", "US", "12025550123"),
        ("06 1 234 5678", "HU", "3612345678"),
        ("8 912 345-67-89", "RU", "79123456789"),
        ("06 1234 5678", "IT", "390612345678"),
        ("12345", "GB", ""),
        ("none", "GB", ""),
        ("", "", ""),
    ],
)
def test_phone_key__one_number_in_all_its_spellings(written: str, country: str, key: str) -> None:
    assert phone_key(written, country) == key


def test_phone_key__without_a_country_the_shops_own(settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "COUNTRY": "DE"}
    assert phone_key("030 123456") == "4930123456"
    settings.INSIGHTS = {**settings.INSIGHTS, "COUNTRY": None}
    assert phone_key("030 123456") == "030123456"


@given(st.text(max_size=40), st.sampled_from(["", "GB", "China", "nowhere", *CALLING]))
def test_phone_key__is_always_some_digits_or_nothing(written: str, country: str) -> None:
    key = phone_key(written, country)
    assert key == "" or (key.isascii() and key.isdigit() and len(key) <= 32)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Lovelace", "LOVELACE, Ada"),
        ("Dr. Zoë O’Neil", "zoe o'neil"),
        ("陳 嘉寧先生", "陈嘉宁"),
        ("Müller-Lüdenscheidt, Hans", "Hans Muller Ludenscheidt"),
    ],
)
def test_name_key__one_name_in_its_spellings(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_name_key__other_names() -> None:
    assert name_key("王伟") != name_key("王玮")
    assert name_key("Dr") == "dr"
    assert name_key("") == ""


@given(st.text(max_size=60))
def test_keys__take_any_text(text: str) -> None:
    assert name_key(f" {text} ") == name_key(text)
    email_match_key(text)
