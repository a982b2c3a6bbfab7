from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import BY_KEY, latest_possible, normal_email
from insights.cleaning.currencies import CURRENCIES
from insights.cleaning.values import (
    LARGEST,
    Reader,
    Unusable,
    boolean,
    country,
    currency,
    email,
    json_object,
    key,
    long_text,
    moment,
    money,
    number,
    quantity,
    text,
)
from insights.contacts import email_hash

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
when = moment(latest_possible(NOW))
anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(alphabet=st.characters())
    | st.text("0123456789.,-+()£$ eENnaAIif:/年月日", max_size=20)
    | st.datetimes()
    | st.dates()
    | st.binary(max_size=8)
)
READERS: dict[str, Reader] = {
    "text": text(20),
    "long_text": long_text,
    "key": key,
    "money": money,
    "quantity": quantity,
    "number": number,
    "boolean": boolean,
    "moment": when,
    "email": email,
    "country": country,
    "currency": currency,
    "json_object": json_object,
}


def fault(reader: Reader, value: Any) -> str:
    with pytest.raises(Unusable) as caught:
        reader(value, [])
    return caught.value.rule


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
@given(value=anything)
def test_readers__give_a_value_or_a_reason_of_the_rules(reader: Reader, value: Any) -> None:
    notes: list[str] = []
    try:
        reader(value, notes)
    except Unusable as reason:
        notes.append(reason.rule)
    assert set(notes) <= set(BY_KEY)


@given(st.text(alphabet=st.characters()), st.integers(1, 30))
def test_text__is_clean_short_and_stays_so(value: str, limit: int) -> None:
    notes: list[str] = []
    clean = text(limit)(value, notes)
    assert len(clean) <= limit
    assert clean == " ".join(clean.split())
    clean.encode()
    assert "\x00" not in clean
    assert bool(notes) == (clean != value)
    assert text(limit)(clean, []) == clean


def test_text__keeps_what_joins_signs() -> None:
    family = "👩\u200d👧"
    assert text(20)(family, []) == family
    assert text(20)(3.5, []) == "3.5"
    assert text(20)(date(2026, 1, 2), []) == "2026-01-02"


@given(st.text(alphabet=st.characters(), max_size=200))
def test_long_text__keeps_lines(value: str) -> None:
    clean = long_text(value, [])
    clean.encode()
    assert "\x00" not in clean
    assert long_text(clean, []) == clean


def test_long_text__keeps_lines_and_tabs() -> None:
    assert long_text(" one\n\ttwo\x00 ", []) == "one\n\ttwo"


@given(st.text(alphabet=st.characters(), max_size=128))
def test_key__is_stable(value: str) -> None:
    clean = key(value, [])
    assert key(clean, []) == clean
    assert clean == clean.strip()


def test_key__case_stays_and_length_has_an_end() -> None:
    assert key(" 85123a ", []) == "85123a"
    assert key(7, []) == "7"
    assert key(None, []) == ""
    assert key("a \x00", []) == "a"
    assert fault(key, "x" * 129) == "missing_id"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6))
def test_money__is_exact_to_four_places_half_to_even(value: Decimal) -> None:
    expected = int((value * 10_000).to_integral_value(rounding=ROUND_HALF_EVEN))
    assert money(value, []) == expected
    assert money(str(value), []) == expected


@given(st.integers(-(10**11), 10**11), st.integers(0, 9999))
def test_money__every_usual_way_of_writing_says_the_same(whole: int, places: int) -> None:
    cents = places // 100
    sign, size = ("-" if whole < 0 else ""), abs(whole)
    expected = int(f"{sign}{size}{cents:02}00")
    english, german, swiss = f"{size:,}", f"{size:,}".replace(",", "."), f"{size:,}".replace(",", "’")
    for written in (
        f"{sign}{english}.{cents:02}",
        f"{sign}{german},{cents:02}",
        f"{sign}{swiss}.{cents:02}",
        f"{sign}£{english}.{cents:02}",
        f" {sign}{size}.{cents:02} EUR",
        f"{sign}{size}.{cents:02}".replace("-", "−"),
        f"({size}.{cents:02})" if sign else f"{size}.{cents:02}",
    ):
        assert money(written, []) == expected, written
    for written in (f"{sign}CHF {swiss}.-", f"{sign}{german},–", f"{sign}{english}.—", f"{sign}{size},--"):
        assert money(written, []) == whole * 10_000, written


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,234", 12_340_000),
        ("0,234", 2_340),
        ("12,5", 125_000),
        ("1.234.567", 12_345_670_000),
        ("１２．５", 125_000),
        ("¥1,000", 10_000_000),
        ("1 234,50", 12_345_000),
        ("1e3", 10_000_000),
        ("0.00005", 0),
        ("0.00015", 2),
        (0.1, 1_000),
        (True, 10_000),
        ("  ", None),
        ("", None),
        (None, None),
    ],
)
def test_money__reads(written: Any, value: int | None) -> None:
    assert money(written, []) == value


@pytest.mark.parametrize(
    "written", ["free", "1.2.3,4,5", "--3", "NaN", "-.-", "5.-5", float("inf"), Decimal("sNaN"), "½", "5 kr"]
)
def test_money__refuses_what_is_no_number(written: Any) -> None:
    assert fault(money, written) == "unreadable_number"


def test_money__has_an_end() -> None:
    assert money(LARGEST // 10_000, []) == LARGEST
    assert fault(money, LARGEST // 10_000 + 1) == "out_of_range"
    assert fault(money, "1e400") == "out_of_range"


def test_quantity__has_three_places() -> None:
    assert quantity("2.5", []) == 2500
    assert quantity(-3, []) == -3000


def test_number__is_finite() -> None:
    assert number("4,5", []) == 4.5
    assert number(" ", []) is None
    assert fault(number, "1e999") == "out_of_range"
    assert fault(number, Decimal("sNaN")) == "unreadable_number"


@pytest.mark.parametrize(
    ("given_", "said"),
    [("Yes", True), ("是", True), ("0", False), (" FALSE ", False), (2, True), (Decimal(0), False), ("", None)],
)
def test_boolean__reads(given_: Any, said: bool | None) -> None:
    assert boolean(given_, []) is said


def test_boolean__refuses_maybe() -> None:
    assert fault(boolean, "maybe") == "blanked_value"


@given(
    st.datetimes(
        datetime(1990, 1, 2),
        datetime(2026, 2, 28),
        timezones=st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), timezone(timedelta(hours=-9, minutes=-30))]),
    )
)
def test_moment__iso_says_what_it_says(value: datetime) -> None:
    utc = value.astimezone(UTC)
    assert when(value.isoformat(), []) == when(value, []) == utc
    assert when(value, []).tzinfo is UTC
    epoch = utc.replace(microsecond=0)
    assert when(int(epoch.timestamp()), []) == epoch
    assert when(int(epoch.timestamp()) * 1000, []) == epoch


@given(st.dates(date(1990, 1, 2), date(2026, 2, 28)), st.integers(0, 23), st.integers(0, 59))
def test_moment__unmistakable_texts_are_the_same_day(day: date, hour: int, minute: int) -> None:
    expected = when(datetime(day.year, day.month, day.day, hour, minute), [])
    clock = f"{hour}:{minute:02}"
    written = [
        f"{day.year}/{day.month}/{day.day} {clock}",
        f"{day.year}-{day.month}-{day.day} {clock}",
        f"{day.year}年{day.month}月{day.day}日 {clock}",
        f"{day.day}.{day.month}.{day.year} {clock}",
    ]
    if day.day > 12:
        written += [f"{day.day}/{day.month}/{day.year} {clock}", f"{day.month}/{day.day}/{day.year} {clock}"]
    for said in written:
        assert when(said, []) == expected, said


@pytest.mark.parametrize("written", ["01/12/2009 07:45", "yesterday", "2026-02-30", "12-01-09", "2026-13-1", True])
def test_moment__never_guesses(written: Any) -> None:
    assert fault(when, written) in ("unreadable_date", "impossible_date")


def test_moment__a_format_tells_day_from_month() -> None:
    told = moment(latest_possible(NOW), "%d/%m/%Y %H:%M")
    assert told("01/12/2009 07:45", []) == datetime(2009, 12, 1, 7, 45, tzinfo=UTC)


def test_moment__is_in_the_zone_of_the_shop(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    assert when("2026-01-01", []) == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert when(date(2026, 1, 1), []) == datetime(2025, 12, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize("value", [datetime(1989, 12, 31), NOW + timedelta(days=1, seconds=1), datetime.max])
def test_moment__refuses_the_impossible(value: datetime) -> None:
    assert fault(when, value) == "impossible_date"


def test_moment__a_day_ahead_is_possible() -> None:
    assert when(NOW + timedelta(days=1), []) == NOW + timedelta(days=1)
    assert when("", []) is None


@given(st.emails())
def test_email__every_case_is_one_address(address: str) -> None:
    clean = normal_email(address)
    if clean:
        assert normal_email(f"  {address.upper()} ") == normal_email(address.upper())
        assert normal_email(clean) == clean
        assert email_hash(clean) == email_hash(email(f" {clean} ", []))


@given(st.text(alphabet=st.characters()))
def test_normal_email__is_none_or_looks_like_one(value: str) -> None:
    clean = normal_email(value)
    assert clean == "" or (clean.count("@") == 1 and " " not in clean and "." in clean.split("@")[1])


def test_email__notes_what_it_did() -> None:
    for given_, clean, said in [
        ("Ada@Example.COM", "ada@example.com", ["email_case"]),
        ("ada@example.com", "ada@example.com", []),
        ("mailto:ada@example.com", "ada@example.com", ["email_case"]),
        ("ada at home", "", ["email_invalid"]),
        (" ", "", []),
        (None, "", []),
    ]:
        notes: list[str] = []
        assert email(given_, notes) == clean
        assert notes == said
    assert email_hash("") == ""


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ("gb", "GB"),
        ("UNITED KINGDOM", "United Kingdom"),
        ("isle of man", "Isle of Man"),
        ("  France ", "France"),
        ("中国", "中国"),
        ("EIRE", "EIRE"),
        ("", ""),
    ],
)
def test_country__is_in_one_case(given_: str, said: str) -> None:
    notes: list[str] = []
    assert country(given_, notes) == said
    assert notes == ([] if given_ == said else ["country_case"])


def test_currency__is_iso_or_none() -> None:
    for given_, code, said in [
        (" gbp", "GBP", []),
        ("GBX", "XXX", ["unknown_currency"]),
        (None, "XXX", ["missing_currency"]),
    ]:
        notes: list[str] = []
        assert currency(given_, notes) == code
        assert notes == said
    assert "XXX" not in CURRENCIES


def test_json_object__is_storable() -> None:
    assert json_object('{"a": [1]}', []) == {"a": [1]}
    assert json_object({"day": date(2026, 1, 1)}, []) == {"day": "2026-01-01"}
    assert json_object(None, []) == {}
    for wrong in ["[1]", "{", '{"a": NaN}', {"a": float("inf")}, '{"a": "\\u0000"}', '{"a": "\\ud800"}', "[" * 50_000]:
        assert fault(json_object, wrong) == "blanked_value"
