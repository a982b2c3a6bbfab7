"""What the words of the host mean in ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from insights.models import LineKind
from insights.sources.keys import Declared


def classifier(meanings: Mapping[str, Any] | None, *, whole: bool = False) -> Callable[[Any], str | None]:
    """A function from the shop's word to ours.

    Args:
        meanings: our word to the shop's: values, compiled patterns that match the whole value, or a callable.
        whole: whether, without meanings, a word that is one of ours for a line stands for itself.
    """
    if not meanings:
        return _said if whole else _silent
    exact: dict[str, str] = {}
    tests: list[tuple[Callable[[Any], Any], str]] = []
    for ours, theirs in meanings.items():
        for item in theirs if isinstance(theirs, (list, tuple, set, frozenset)) else [theirs]:
            if isinstance(item, re.Pattern):
                tests.append((partial(_matches, item), ours))
            elif callable(item) and not isinstance(item, type):
                tests.append((item, ours))
            else:
                exact[str(getattr(item, "value", item))] = ours

    def classify(value: Any) -> str | None:
        ours = exact.get(value) if type(value) is str else exact.get(str(getattr(value, "value", value)))
        if ours is None and tests:
            ours = next((word for test, word in tests if test(value)), None)
        return ours

    return _narrowed(classify) if "counts" in meanings else classify


def status_words(orders: Declared) -> list[tuple[str, str]]:
    """The words of the shop that an adapter gives a meaning to: meaning and word; patterns and functions are none."""
    meanings = orders.options.get("status") or {}
    return [
        (ours, str(getattr(item, "value", item)))
        for ours, theirs in meanings.items()
        for item in (theirs if isinstance(theirs, (list, tuple, set, frozenset)) else [theirs])
        if not isinstance(item, re.Pattern) and (isinstance(item, type) or not callable(item))
    ]


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return _matches_text(pattern, str(value))


@lru_cache(maxsize=1 << 16)
def _matches_text(pattern: re.Pattern[str], text: str) -> bool:
    """A million lines have a few thousand stock codes."""
    return pattern.fullmatch(text) is not None


def _silent(value: Any) -> str | None:
    return None


def _narrowed(classify: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    """Where the shop says which words count, all that it does not name are left out."""

    def narrowed(value: Any) -> str | None:
        ours = classify(value)
        return None if ours == "counts" else ours or "ignore"

    return narrowed


def _said(value: Any) -> str | None:
    word = str(getattr(value, "value", value)).strip().lower()
    return word if word in LineKind.values else None
