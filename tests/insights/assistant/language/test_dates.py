from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.assistant.language.dates import find_dates
from insights.assistant.language.text import normalise

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Revenue last month", "2026-10-01", "2026-11-01"),
        ("orders in the last 30 days", "2026-10-26", "2026-11-25"),
        ("past three months", "2026-08-25", "2026-11-25"),
        ("the past year", "2025-11-25", "2026-11-25"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("last week", "2026-11-16", "2026-11-23"),
        ("the week before last", "2026-11-09", "2026-11-16"),
        ("in March", "2026-03-01", "2026-04-01"),
        ("in December", "2025-12-01", "2026-01-01"),
        ("March 2025", "2025-03-01", "2025-04-01"),
        ("Q3", "2026-07-01", "2026-10-01"),
        ("third quarter of 2025", "2025-07-01", "2025-10-01"),
        ("in 2025", "2025-01-01", "2026-01-01"),
        ("from January to March 2026", "2026-01-01", "2026-04-01"),
        ("from November to February", "2025-11-01", "2026-03-01"),
        ("between 2026-01-01 and 2026-02-15 by country", "2026-01-01", "2026-02-16"),
        ("since March", "2026-03-01", "2026-11-25"),
        ("on 12 March 2026", "2026-03-12", "2026-03-13"),
        ("on March 5th", "2026-03-05", "2026-03-06"),
        ("year to date", "2026-01-01", "2026-11-25"),
        ("Black Friday", "2025-11-28", "2025-11-29"),
        ("last Christmas", "2025-12-24", "2025-12-27"),
        ("上个月的复购率", "2026-10-01", "2026-11-01"),
        ("上個月", "2026-10-01", "2026-11-01"),
        ("上上个月", "2026-09-01", "2026-10-01"),
        ("最近30天", "2026-10-26", "2026-11-25"),
        ("近三个月", "2026-08-25", "2026-11-25"),
        ("过去半年", "2026-05-25", "2026-11-25"),
        ("三月", "2026-03-01", "2026-04-01"),
        ("去年三月", "2025-03-01", "2025-04-01"),
        ("2025年第三季度", "2025-07-01", "2025-10-01"),
        ("2025年1月至3月", "2025-01-01", "2025-04-01"),
        ("从3月到5月", "2026-03-01", "2026-06-01"),
        ("双十一", "2026-11-11", "2026-11-12"),
        ("去年双十一", "2025-11-11", "2025-11-12"),
        ("春节", "2026-02-17", "2026-02-24"),
        ("今年以来", "2026-01-01", "2026-11-25"),
        ("自今年3月以来", "2026-03-01", "2026-11-25"),
        ("本周", "2026-11-23", "2026-11-30"),
        ("3月5日", "2026-03-05", "2026-03-06"),
        ("二〇二五年", "2025-01-01", "2026-01-01"),
    ],
)
def test_find_dates__reads_one_stretch(text: str, start: str, end: str) -> None:
    found = find_dates(normalise(text), TODAY)
    assert [(item.days.start.isoformat(), item.days.end.isoformat()) for item in found] == [(start, end)]


@pytest.mark.parametrize("text", ["how many customers", "top 10 products", "customer 1234", "客户数", "前10名"])
def test_find_dates__finds_none_where_there_is_none(text: str) -> None:
    assert find_dates(text, TODAY) == []


def test_find_dates__finds_two_to_compare() -> None:
    found = find_dates("march against april", TODAY)
    assert [item.days.start.month for item in found] == [3, 4]
    assert found[0].guess == "most_recent"


def test_find_dates__a_week_may_start_on_sunday() -> None:
    assert find_dates("last week", TODAY, "sunday")[0].days.start == date(2026, 11, 15)


@given(st.text(alphabet="0123456789年月日号季度上个最近去今前天从到 -/.,qabcdefghijklmnopqrstuvwxyz", max_size=40))
def test_find_dates__never_fails_and_gives_whole_stretches(text: str) -> None:
    for item in find_dates(text, TODAY):
        assert item.days is None or item.days.start < item.days.end
        assert 0 <= item.span[0] < item.span[1] <= len(text)
