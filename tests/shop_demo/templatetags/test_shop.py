from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from shop_demo.templatetags.shop import country, day, money, short_money, stars


@pytest.mark.parametrize(
    ("amount", "currency", "written", "short"),
    [
        ("1234.5", "GBP", "£1,234.50", "£1,234.50"),
        ("34", "GBP", "£34.00", "£34"),
        ("-2", "EUR", "−€2.00", "−€2"),
        ("0", "CNY", "¥0.00", "¥0"),
        ("5", "SEK", "5.00 SEK", "5 SEK"),
    ],
)
def test_money(amount: str, currency: str, written: str, short: str) -> None:
    assert money(Decimal(amount), currency) == written
    assert short_money(Decimal(amount), currency) == short


def test_money__no_price_is_written_as_nothing() -> None:
    assert (money(None), short_money(None)) == ("", "")


@given(st.decimals("-100000", "100000", places=2))
def test_money__can_be_read_back_to_the_penny(amount: Decimal) -> None:
    written = money(amount)
    assert Decimal(written.replace("£", "").replace(",", "").replace("−", "-")) == amount


def test_day__by_the_shops_clock_in_both_languages() -> None:
    late = datetime(2026, 7, 4, 23, 30, tzinfo=UTC)
    assert day(late) == "5 July 2026"
    with override("zh-hans"):
        assert day(late) == "2026 年 7 月 5 日"
    assert day(None) == ""


def test_country__what_is_no_code_is_shown_as_it_is() -> None:
    assert (country("DE"), country("EIRE")) == ("Germany", "EIRE")


@given(st.none() | st.floats(-1, 9, allow_nan=False))
def test_stars__never_less_than_none_nor_more_than_five(rating: float | None) -> None:
    assert 0 <= stars(rating)["width"] <= 85


def test_stars__say_themselves_in_words() -> None:
    assert 'aria-label="4.3 of 5 stars"' in render_to_string("shop/_stars.html", stars(4.3, 12))
    assert render_to_string("shop/_stars.html", stars(None)).strip() == ""
