"""Figures and dates as people write them, in the language of the page.

English and Chinese have patterns of their own; any other language takes Django's separators
and month names. Minus is a true minus, thousands are marked, money loses its pence from 100 up.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext, ngettext

from insights.conf import settings

Number = int | float | Decimal

SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "C$", "CNY": "¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "INR": "₹",
    "JPY": "¥", "KRW": "₩", "NZD": "NZ$", "SGD": "S$", "TRY": "₺", "TWD": "NT$", "UAH": "₴", "USD": "$",
}  # fmt: skip
MINUS = "−"

_DAY = {"en": "j M", "zh": "n 月 j 日"}
_DAY_YEAR = {"en": "j M Y", "zh": "Y 年 n 月 j 日"}
_LONG = {"en": "j F Y", "zh": "Y 年 n 月 j 日"}
_MONTH = {"en": "M Y", "zh": "Y 年 n 月"}
_SHORT_UNITS = {"en": ((10**9, "bn"), (10**6, "m"), (10**3, "k")), "zh": ((10**8, " 亿"), (10**4, " 万"))}


def language() -> str:
    """``zh`` or ``en``: which set of patterns and labels the page takes."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def number(value: Number, places: int = 0) -> str:
    """A number with its thousands marked: ``1,204``, ``−3.5``."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else ""
    whole, _, fraction = f"{abs(rounded):,.{places}f}".partition(".")
    point, mark = _separators()
    return sign + whole.replace(",", mark) + (point + fraction if fraction else "")


def money(value: Number, currency: str = "", *, exact: bool = False) -> str:
    """An amount: ``£48,212``, ``£42.78``, ``−£5.00``; pence from 100 up only when ``exact``."""
    amount = Decimal(str(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    pence = exact or (abs(amount) < 100 and amount != int(amount))
    code = currency or settings.BASE_CURRENCY
    written = number(amount, 2 if pence else 0)
    sign = MINUS if written.startswith(MINUS) else ""
    return f"{sign}{SYMBOLS.get(code, code + chr(0xA0))}{written.removeprefix(MINUS)}"


def price(value: Number, currency: str = "") -> str:
    """What something costs, to the penny: ``£34``, ``£42.78``, ``£124.50``."""
    return money(value, currency, exact=value != int(value))


def short_money(value: Number, currency: str = "") -> str:
    """An amount for an axis: ``£42.78``, ``£1,200``, ``£120k``, in Chinese ``£12 万``."""
    if -10_000 < value < 10_000:
        return money(value, currency)
    code = currency or settings.BASE_CURRENCY
    sign = MINUS if value < 0 else ""
    return f"{sign}{SYMBOLS.get(code, code + chr(0xA0))}{short_number(-value if value < 0 else value)}"


def short_number(value: Number) -> str:
    """A number for an axis; below 10,000 in full."""
    magnitude = abs(float(value))
    if magnitude < 10_000:
        return number(value, 0 if value == int(value) else 1)
    size, unit = next((size, unit) for size, unit in _SHORT_UNITS[language()] if magnitude >= size)
    scaled = float(value) / size
    return number(scaled, 0 if abs(scaled - round(scaled)) < 0.05 else 1) + unit


def percent(fraction: float | Decimal, places: int = 1) -> str:
    """A share: 0.416 gives ``41.6%``."""
    return number(Decimal(str(fraction)) * 100, places) + "%"


def chance(fraction: float) -> str:
    """A probability in whole percents; nothing is certain, so never 0% or 100%."""
    if fraction < 0.01:
        return gettext("under 1%")
    if fraction > 0.99:
        return gettext("over 99%")
    return percent(fraction, 0)


def points(difference: float) -> str:
    """A difference of shares, without its sign: 0.019 gives ``1.9 pts``."""
    return gettext("%(number)s pts") % {"number": number(abs(difference) * 100, 1)}


def signed(value: float, places: int = 0) -> str:
    """A number that always has a sign: ``+24``, ``−8``."""
    written = number(value, places)
    return written if written.startswith(MINUS) else f"+{written}"


def day(value: date, *, today: date | None = None) -> str:
    """A day, with its year when that is not the present one: ``30 Sep``, ``9 月 30 日``."""
    same = value.year == (today or timezone.localdate()).year
    return format_date(value, (_DAY if same else _DAY_YEAR)[language()])


def long_day(value: date) -> str:
    """A day in full: ``30 September 2025``."""
    return format_date(value, _LONG[language()])


def weekday(value: date) -> str:
    """A day with its weekday: ``Tue 1 Sep``, ``9 月 1 日 周二``."""
    names = _ZH_WEEKDAYS if language() == "zh" else None
    return f"{day(value)} {names[value.weekday()]}" if names else f"{format_date(value, 'D')} {day(value)}"


_ZH_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def month(value: date) -> str:
    """A month: ``Sep 2025``, ``2025 年 9 月``."""
    return format_date(value, _MONTH[language()])


def bucket(first: date, grain: str) -> str:
    """A day, week, month, quarter or year by its first day."""
    if grain == "year":
        return str(first.year)
    if grain == "quarter":
        return gettext("Q%(number)s %(year)s") % {"number": (first.month + 2) // 3, "year": first.year}
    return month(first) if grain == "month" else day(first)


def figure(value: Any, unit: str, currency: str = "") -> str:
    """A value of a metric or a score in its unit, as the catalogue of metrics names it; a dash where there is none."""
    if value is None:
        return "–"
    if unit == "money":
        return money(value, currency)
    if unit == "rate":
        return percent(value)
    if unit == "days":
        return ngettext("%(count)s day", "%(count)s days", round(value)) % {"count": number(value)}
    if unit in ("ratio", "score"):
        return number(value, 2 if unit == "ratio" else 1)
    if unit == "date" or isinstance(value, date):
        return day(value if isinstance(value, date) else date.fromisoformat(str(value)[:10]))
    if isinstance(value, (int, float, Decimal)):
        return number(value, 0 if value == int(value) else 1)
    return str(value)


def span(first: date, last: date) -> str:
    """A range of days, both included: ``1–30 Sep``, ``28 Aug – 26 Sep 2024``."""
    if first == last:
        return day(first)
    if language() == "zh":
        return (
            f"{day(first)}至 {day(last).removeprefix(f'{first.year} 年 ')}"
            if first.year == last.year
            else (f"{format_date(first, _DAY_YEAR['zh'])}至 {format_date(last, _DAY_YEAR['zh'])}")
        )
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    if first.year == last.year:
        return f"{format_date(first, _DAY['en'])} – {day(last)}"
    return f"{format_date(first, _DAY_YEAR['en'])} – {format_date(last, _DAY_YEAR['en'])}"


def moment(value: datetime) -> str:
    """A point in time in the shop's zone: ``30 Sep, 23:59``."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local.date())}{' ' if language() == 'zh' else ', '}{local:%H:%M}"


def duration(seconds: float) -> str:
    """How long something took: ``0.4 s``, ``12 s``, ``3 min``, ``1 h 5 min``."""
    if seconds < 10:
        return gettext("%(number)s s") % {"number": number(seconds, 1)}
    if seconds < 90:
        return gettext("%(number)s s") % {"number": number(seconds)}
    minutes = round(seconds / 60)
    if minutes < 90:
        return gettext("%(number)s min") % {"number": number(minutes)}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


def size(count: int) -> str:
    """Room that data takes: ``0 B``, ``820 B``, ``12.4 MB``; a step is a thousand."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    # Held together, since a unit alone on a line is lost.
    return f"{number(value, 1 if unit != 'B' and value < 99.95 else 0)}\u00a0{unit}"


def ago(days: int) -> str:
    """How many days have gone: ``today``, ``yesterday``, ``51 days ago``."""
    if days <= 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": number(days)}


def _separators() -> tuple[str, str]:
    """Decimal point and mark of the thousands."""
    if language() == "zh" or (get_language() or "en").startswith("en"):
        return ".", ","
    return str(get_format("DECIMAL_SEPARATOR")), str(get_format("THOUSAND_SEPARATOR")) or "\u202f"
