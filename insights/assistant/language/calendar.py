"""Stretches of days: half-open, in the shop's own calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Days:
    """From ``start`` up to, not including, ``end``. ``unit`` is what was named: day, week, month, quarter, year, span."""

    start: date
    end: date
    unit: str = "span"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    def until(self, day: date) -> Days:
        """The part that has passed when ``day`` ends."""
        return Days(self.start, max(self.start, min(self.end, day + timedelta(days=1))), self.unit)


def day(when: date) -> Days:
    """One day."""
    return Days(when, when + timedelta(days=1), "day")


def last_days(count: int, today: date) -> Days:
    """``count`` days, today included."""
    tomorrow = today + timedelta(days=1)
    return Days(tomorrow - timedelta(days=max(count, 1)), tomorrow)


def week(when: date, start: str = "monday") -> Days:
    """The week that holds a day."""
    first = when - timedelta(days=when.weekday() if start == "monday" else (when.weekday() + 1) % 7)
    return Days(first, first + timedelta(days=7), "week")


def shift_months(first: date, months: int) -> date:
    """The first day of the month that lies ``months`` later."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month(year: int, number: int) -> Days:
    """A calendar month."""
    first = date(year, number, 1)
    return Days(first, shift_months(first, 1), "month")


def quarter(year: int, number: int) -> Days:
    """A calendar quarter, 1 to 4."""
    first = date(year, 3 * number - 2, 1)
    return Days(first, shift_months(first, 3), "quarter")


def year(number: int) -> Days:
    """A calendar year."""
    return Days(date(number, 1, 1), date(number + 1, 1, 1), "year")


def whole_units(unit: str, offset: int, today: date, week_start: str = "monday") -> Days:
    """The unit (day, week, month, quarter, year) that lies ``offset`` units from today's."""
    if unit == "day":
        return day(today + timedelta(days=offset))
    if unit == "week":
        return week(today + timedelta(days=7 * offset), week_start)
    if unit == "month":
        first = shift_months(today.replace(day=1), offset)
        return month(first.year, first.month)
    if unit == "quarter":
        first = shift_months(date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), 3 * offset)
        return quarter(first.year, (first.month + 2) // 3)
    return year(today.year + offset)


def last_units(unit: str, count: float, today: date) -> Days:
    """The last ``count`` days, weeks, months, quarters or years, up to and with today."""
    if unit in ("day", "week"):
        return last_days(round(count * (7 if unit == "week" else 1)), today)
    months = round(count * {"month": 1, "quarter": 3, "year": 12}[unit])
    tomorrow = today + timedelta(days=1)
    first = shift_months(tomorrow.replace(day=1), -months)
    last = shift_months(first, 1) - timedelta(days=1)
    return Days(first.replace(day=min(tomorrow.day, last.day)), tomorrow)


def weekday(number: int, today: date, *, before: bool = False) -> Days:
    """The most recent Monday (0) to Sunday (6), today itself unless it is to lie ``before``."""
    back = (today.weekday() - number) % 7
    return day(today - timedelta(days=back or (7 if before else 0)))


def weekend(weeks_back: int, today: date) -> Days:
    """Saturday and Sunday of this week, or of one before; a weekend to come is no weekend yet."""
    saturday = week(today).start + timedelta(days=5)
    if saturday > today and weeks_back == 0:
        weeks_back = 1
    return Days(saturday - timedelta(days=7 * weeks_back), saturday + timedelta(days=2 - 7 * weeks_back))


def numbered_week(year: int, number: int) -> Days:
    """A week by its ISO number."""
    return Days(
        date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 1) + timedelta(days=7), "week"
    )


def half(year: int, number: int) -> Days:
    """The first or the second half of a year."""
    return Days(date(year, 6 * number - 5, 1), shift_months(date(year, 6 * number - 5, 1), 6))


def most_recent(make: Callable[[int], Days], today: date) -> Days:
    """Of a thing that comes each year, the most recent one that has begun."""
    this_year = make(today.year)
    return this_year if this_year.start <= today else make(today.year - 1)


def feast(name: str, today: date) -> Days:
    """A shopping feast by its key, the most recent one that has begun."""
    return most_recent(lambda number: FEASTS[name](number), today)


def _black_friday(number: int) -> Days:
    november = date(number, 11, 1)
    thursday = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
    return day(thursday + timedelta(days=1))


def _lunar(name: str, length: int, number: int) -> Days:
    import holidays

    calendar = holidays.country_holidays("CN", years=number, language="zh_CN")
    days = sorted(found for found in calendar.get_named(name, lookup="icontains") if found.year == number)
    return Days(days[0], days[0] + timedelta(days=length)) if days else Days(date(number, 2, 1), date(number, 2, 2))


FEASTS: dict[str, Callable[[int], Days]] = {
    "christmas": lambda number: Days(date(number, 12, 24), date(number, 12, 27)),
    "christmas_season": lambda number: Days(date(number, 12, 1), date(number, 12, 25)),
    "new_year": lambda number: day(date(number, 1, 1)),
    "valentine": lambda number: day(date(number, 2, 14)),
    "women_day": lambda number: day(date(number, 3, 8)),
    "six_eighteen": lambda number: Days(date(number, 6, 1), date(number, 6, 19)),
    "halloween": lambda number: day(date(number, 10, 31)),
    "singles_day": lambda number: day(date(number, 11, 11)),
    "black_friday": _black_friday,
    "cyber_monday": lambda number: day(_black_friday(number).start + timedelta(days=3)),
    "double_twelve": lambda number: day(date(number, 12, 12)),
    "spring_festival": lambda number: _lunar("春节", 7, number),
    "mid_autumn": lambda number: _lunar("中秋节", 1, number),
    "dragon_boat": lambda number: _lunar("端午节", 1, number),
    "labour_day": lambda number: Days(date(number, 5, 1), date(number, 5, 6)),
    "national_day": lambda number: Days(date(number, 10, 1), date(number, 10, 8)),
    "spring": lambda number: Days(date(number, 3, 1), date(number, 6, 1)),
    "summer": lambda number: Days(date(number, 6, 1), date(number, 9, 1)),
    "autumn": lambda number: Days(date(number, 9, 1), date(number, 12, 1)),
    "winter": lambda number: Days(date(number, 12, 1), date(number + 1, 3, 1)),
}
