from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from insights.models import many_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def usual() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield gc.get_threshold()
    gc.set_threshold(*before)


def cache() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        return int(cursor.fetchone()[0])


def _fail_among_many(seen: Callable[[], object], found: list[object]) -> None:
    with many_rows():
        found.append(seen())
        raise ValueError("cut off")


def test_python_looks_for_cycles_less_often_within_and_as_usual_after(usual: tuple[int, int, int]) -> None:
    within: list[object] = []
    with pytest.raises(ValueError, match="cut off"):
        _fail_among_many(gc.get_threshold, within)
    assert within == [(50_000, 10, 10)]
    assert gc.get_threshold() == usual


def test_who_comes_second_leaves_it_to_the_first(usual: tuple[int, int, int]) -> None:
    first, second = many_rows(), many_rows()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert gc.get_threshold() == usual


def test_a_host_that_never_looks_for_cycles_is_left_alone() -> None:
    gc.set_threshold(0, 10, 10)
    with many_rows():
        assert gc.get_threshold() == (0, 10, 10)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="servers hold their pages themselves")
def test_sqlite_holds_more_pages_within_and_as_many_as_usual_after() -> None:
    before = cache()
    within: list[object] = []
    with pytest.raises(ValueError, match="cut off"):
        _fail_among_many(cache, within)
    assert within == [-65_536]
    assert cache() == before
