from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.masking import handle, is_personal_key, key_for, mask, pk_of, reason, shown_key, without_addresses


@pytest.mark.parametrize(
    "key", ["ada@example.com", "ada%40example.com", "+44 20 7946 0991", "020 7946 0991", "0301234567", "13812345678"]
)
def test_keys__that_say_who_it_is(key: str) -> None:
    assert is_personal_key(key)
    assert key not in shown_key(key, personal=False)
    assert shown_key(key, personal=True) == key
    assert pk_of(handle(7, key)) == 7
    assert key_for(7, key, personal=True) == key


@pytest.mark.parametrize(
    "key",
    [
        "17",
        "C-0815",
        "guest:22a4f02064329eb74de6be0b",
        "12346789",
        "row:12x",
        "0",
        "0007",
        "0001234567",
        "1234567890123456789",
    ],
)
def test_keys__that_do_not(key: str) -> None:
    assert not is_personal_key(key)
    assert (shown_key(key, personal=False), handle(7, key), pk_of(key)) == (key, key, 0)


def test_mask__a_letter_and_a_kind() -> None:
    assert (mask("Ada Byron"), mask("ada@example.com"), mask("")) == ("A•••", "a•••@example.com", "")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to ada.b+x@mail.example.com.", "Write to …."),
        ("/u/ada%40example.com/x", "/u/…/x"),
        ("@theshop at 5@3", "@theshop at 5@3"),
        ('{"a":"ada@example.com","b":1}', '{"a":"…","b":1}'),
    ],
)
def test_without_addresses__nothing_else_goes(text: str, left: str) -> None:
    assert without_addresses(text) == left


@given(
    st.from_regex(r"[a-z0-9.+_-]{1,40}@[a-z0-9-]{1,20}\.[a-z]{2,10}", fullmatch=True),
    st.text(alphabet="ab ,;<>", max_size=9),
)
def test_without_addresses__finds_them_in_any_text(address: str, around: str) -> None:
    assert address not in without_addresses(f"{around} {address} {around}")


def test_without_addresses__takes_no_time_over_long_texts() -> None:
    began = time.perf_counter()
    without_addresses("a." * 20_000 + "@" + "b." * 20_000)
    assert time.perf_counter() - began < 2


def test_reason__without_what_it_quotes() -> None:
    said = "“Ada” is no number (ada@example.com)."
    assert reason(said, personal=True) == said
    assert reason(said, personal=False) == "“•••” is no number (…)."
