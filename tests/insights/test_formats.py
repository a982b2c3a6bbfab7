from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from insights import formats


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [(1204, 0, "1,204"), (-3.5, 1, "−3.5"), (Decimal("0.5"), 0, "1"), (1234567.891, 2, "1,234,567.89"), (-0.2, 0, "0")],
)
def test_number__marks_thousands_and_takes_a_true_minus(value: float, places: int, written: str) -> None:
    with translation.override("en"):
        assert formats.number(value, places) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("48212.40"), "£48,212"),
        (Decimal("42.78"), "£42.78"),
        (Decimal("42.00"), "£42"),
        (Decimal("99.999"), "£100"),
        (Decimal("-5.5"), "−£5.50"),
        (Decimal("-0.001"), "£0"),
        (0, "£0"),
    ],
)
def test_money__drops_pence_from_a_hundred_up(value: Decimal, written: str) -> None:
    with translation.override("en"):
        assert formats.money(value, "GBP") == written


def test_money__exact_and_unknown_currency() -> None:
    with translation.override("en"):
        assert formats.money(Decimal("48212.4"), "GBP", exact=True) == "£48,212.40"
        assert formats.money(5, "XDR") == "XDR\xa05"


@override_settings(INSIGHTS={"BASE_CURRENCY": "CNY"})
def test_money__takes_the_base_currency() -> None:
    assert formats.money(1) == "¥1"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_money__always_has_one_sign_before_the_symbol(value: Decimal) -> None:
    with translation.override("en"):
        written = formats.money(value, "GBP")
    assert written.lstrip("−").startswith("£")
    assert written.count("−") == (1 if round(value, 2) < 0 and written.strip("−£0.,") else 0)


def test_short_money__counts_in_the_units_of_the_language() -> None:
    with translation.override("en"):
        assert [formats.short_money(n, "GBP") for n in (3000, 120_000, 2_500_000)] == ["£3,000", "£120k", "£2.5m"]
    with translation.override("zh-hans"):
        assert [formats.short_money(n, "GBP") for n in (3000, 120_000)] == ["£3,000", "£12 万"]


def test_short_money__has_pence_in_twos_or_not_at_all() -> None:
    with translation.override("en"):
        said = [formats.short_money(n, "GBP") for n in (0, 42.5, 956.8, -1_204.4, 9_999.6)]
    assert said == ["£0", "£42.50", "£957", "−£1,204", "£10,000"]


def test_chance__is_never_certain() -> None:
    with translation.override("en"):
        assert [formats.chance(p) for p in (0.0, 0.62, 1.0)] == ["under 1%", "62%", "over 99%"]


def test_signed__always_has_a_sign() -> None:
    with translation.override("en"):
        assert [formats.signed(n) for n in (24, -8, 0)] == ["+24", "−8", "+0"]


def test_span__says_what_is_common_once() -> None:
    year = formats.timezone.localdate().year
    with translation.override("en"):
        assert formats.span(date(year, 9, 1), date(year, 9, 30)) == "1–30 Sep"
        assert formats.span(date(2020, 8, 2), date(2020, 9, 3)) == "2 Aug – 3 Sep 2020"
        assert formats.span(date(2019, 12, 28), date(2020, 1, 26)) == "28 Dec 2019 – 26 Jan 2020"
        assert formats.span(date(2020, 1, 5), date(2020, 1, 5)) == "5 Jan 2020"
    with translation.override("zh-hans"):
        assert formats.span(date(2020, 8, 2), date(2020, 9, 3)) == "2020 年 8 月 2 日至 9 月 3 日"
        assert formats.span(date(2019, 12, 28), date(2020, 1, 26)) == "2019 年 12 月 28 日至 2020 年 1 月 26 日"


@override_settings(USE_TZ=True, TIME_ZONE="Asia/Shanghai")
def test_moment__is_in_the_zone_of_the_shop() -> None:
    value = datetime(2020, 9, 30, 16, 30, tzinfo=ZoneInfo("UTC"))
    with translation.override("en"):
        assert formats.moment(value) == "1 Oct 2020, 00:30"
    with translation.override("zh-hans"):
        assert formats.moment(value) == "2020 年 10 月 1 日 00:30"


@pytest.mark.parametrize(("seconds", "written"), [(0.42, "0.4 s"), (42, "42 s"), (200, "3 min"), (7500, "2 h 5 min")])
def test_duration__takes_the_unit_that_fits(seconds: float, written: str) -> None:
    with translation.override("en"):
        assert formats.duration(seconds) == written


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (12_400_000, "12.4 MB"),
        (999_600, "1.0 MB"),
        (5 * 10**14, "500 TB"),
    ],
)
def test_size__takes_the_unit_that_fits(count: int, written: str) -> None:
    with translation.override("en"):
        assert formats.size(count) == written.replace(" ", "\u00a0")


def test_other_languages__take_djangos_separators() -> None:
    with translation.override("de"):
        assert formats.number(1234.5, 1) == "1.234,5"
        assert formats.percent(0.416) == "41,6%"


def test_weekday__in_both_languages() -> None:
    with translation.override("en"):
        assert formats.weekday(date(2020, 9, 1)) == "Tue 1 Sep 2020"
    with translation.override("zh-hans"):
        assert formats.weekday(date(2020, 9, 1)) == "2020 年 9 月 1 日 周二"
