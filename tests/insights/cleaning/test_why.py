from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import Unusable, Why, say_why, why

_WORDS = st.text(st.characters(exclude_characters="“”.", exclude_categories=["Cs"]), min_size=1, max_size=20)


@pytest.fixture(autouse=True, scope="module")
def another_language() -> Iterator[None]:
    """One in which every sentence stands between brackets, and begins with its last word."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(why, "gettext", lambda sentence: "[{1} {0}]".format(*sentence.rsplit(" ", 1)))
        yield


@pytest.mark.parametrize("sentence", Why)
@given(words=st.lists(_WORDS, min_size=2, max_size=2))
def test_say_why__finds_the_sentence_whatever_it_quotes(sentence: Why, words: list[str]) -> None:
    values = dict(zip(re.findall(r"%\((\w+)\)s", sentence), words, strict=False))
    start, _, end = sentence.rpartition(" ")
    assert say_why(sentence % values) == f"[{end} {start}]" % values


def test_say_why__a_masked_value_stays_masked() -> None:
    assert say_why("“•••” is not a number.") == "[number. “•••” is not a]"


def test_say_why__what_others_wrote_is_said_as_it_is() -> None:
    assert say_why("It rains.") == "It rains."


def test_unusable__is_kept_as_an_english_sentence() -> None:
    assert str(Unusable("missing_value", Why.EMPTY, field="placed_at")) == "“placed_at” is empty."
    assert type(str(Unusable("missing_id", Why.NO_KEY))) is str
