"""From what a source gives to what the tables hold, one value at a time.

Each reader takes a value and a list of notes, gives the value put right, adds the keys of the rules
that mended it, and raises ``Unusable`` where nothing can be made of it. Money comes out as an integer of
1/10,000 of the currency unit, a quantity as one of 1/1,000: exact, and many times faster than decimals.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from insights.cleaning.currencies import CURRENCIES, NO_CURRENCY
from insights.cleaning.why import Why
from insights.contacts import is_hash

Notes = list[str]
Reader = Callable[[Any, Notes], Any]

MONEY_PLACES = 4
QUANTITY_PLACES = 3
LARGEST = 10**16
"""The largest integer of a fixed-point column that is believed: a million millions of a currency unit."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_SMALL_WORDS = {"And", "Of", "The"}
_WORD = re.compile(r"[^\W\d_]+")


class Unusable(Exception):  # noqa: N818 - it is no error of the program
    """A value, or a row, of which nothing can be made; ``rule`` is the key of the reason, ``said`` what it quotes."""

    def __init__(self, rule: str, why: Why, **said: object) -> None:
        super().__init__(why % said)
        self.rule = rule


def text(limit: int) -> Reader:
    """A reader for texts of one line, of at most ``limit`` characters."""

    def read(value: Any, notes: Notes) -> str:
        if value is None or value == "":
            return ""
        given = value if type(value) is str else _as_text(value)
        clean = " ".join(given.split())
        if not clean.isprintable():
            clean = " ".join("".join(c for c in clean if c.isprintable() or c == "\u200d").split())
        if clean != given:
            notes.append("whitespace")
        if len(clean) > limit:
            notes.append("too_long")
            clean = clean[:limit].rstrip()
        return clean

    return read


def long_text(value: Any, notes: Notes) -> str:
    """A text with its lines, without what a database refuses."""
    if value is None:
        return ""
    given = _as_text(value)
    clean = "".join(c for c in given if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if clean != given:
        notes.append("whitespace")
    return clean


def key(value: Any, notes: Notes) -> str:
    """The key of a row, as text: as it is, but for spaces around it. Empty where there is none."""
    if type(value) is int:
        return str(value)
    if value is None:
        return ""
    given = _as_text(value)
    clean = given.strip()
    if not clean.isprintable():
        clean = "".join(c for c in clean if c.isprintable()).strip()
    if len(clean) > 128:
        raise Unusable("missing_id", Why.LONG_KEY)
    return clean


def fixed_point(places: int) -> Reader:
    """A reader for exact numbers, to integers of ``10 ** -places``, rounded half to even; None where empty."""
    scale = 10**places

    def read(value: Any, notes: Notes) -> int | None:
        if value is None or (type(value) is str and not value.strip()):
            return None
        if type(value) is int:
            scaled = value * scale
        else:
            scaled = _scaled(value if type(value) is Decimal else _decimal(value), scale)
        if -LARGEST <= scaled <= LARGEST:
            return scaled
        raise Unusable("out_of_range", Why.TOO_LARGE)

    return read


money = fixed_point(MONEY_PLACES)
quantity = fixed_point(QUANTITY_PLACES)


def number(value: Any, notes: Notes) -> float | None:
    """A finite float; None where empty."""
    if value is None or (type(value) is str and not value.strip()):
        return None
    exact = _decimal(value)
    if not exact.is_finite():
        raise Unusable("unreadable_number", Why.NOT_FINITE)
    result = float(exact)
    if not math.isfinite(result):
        raise Unusable("out_of_range", Why.TOO_LARGE)
    return result


def count(value: Any, notes: Notes) -> int | None:
    """A whole number from nought upwards; None where empty."""
    found = number(value, notes)
    if found is None:
        return None
    if not 0 <= found < LARGEST:
        raise Unusable("out_of_range", Why.NEGATIVE)
    return round(found)


def boolean(value: Any, notes: Notes) -> bool | None:
    """True or False; None where empty."""
    if value is None or type(value) is bool:
        return value
    if isinstance(value, (int, float, Decimal)):
        return bool(value)
    word = str(value).strip().casefold()
    if word == "":
        return None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unusable("blanked_value", Why.NEITHER, value=word[:20])


_TRUE = frozenset({"1", "true", "t", "yes", "y", "on", "是", "真"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "off", "否", "假"})


def moment(latest: datetime, date_format: str | None = None) -> Reader:
    """A reader for points in time, to aware UTC; None where empty.

    Args:
        latest: what lies after it is impossible.
        date_format: how texts are written, for ``strptime``; by default ISO and what cannot be mistaken.
    """

    def read(value: Any, notes: Notes) -> datetime | None:
        if value is None or (type(value) is str and not value.strip()):
            return None
        if type(value) is not datetime:
            value = _datetime(value, date_format)
        if value.tzinfo is not UTC:
            value = _utc(value)
        if EARLIEST <= value <= latest:
            result: datetime = value
            return result
        raise Unusable("impossible_date", Why.UNLIKELY_DATE, day=f"{value:%Y-%m-%d}")

    return read


def email(value: Any, notes: Notes) -> str:
    """An e-mail address, normalised; empty where there is none."""
    if value is None or value == "":
        return ""
    given = str(value)
    if is_hash(given):
        return given
    clean = normal_email(given)
    if not clean:
        if given.strip():
            notes.append("email_invalid")
        return ""
    if clean != given:
        notes.append("email_case")
    return clean


def normal_email(value: str) -> str:
    """An e-mail address trimmed and in lower case, or an empty text when it is none.

    Nothing else is done to it: whether two spellings reach one mailbox is the provider's secret.
    """
    clean = unicodedata.normalize("NFC", value.strip().lower()).removeprefix("mailto:")
    return clean if len(clean) <= 254 and clean.isprintable() and _EMAIL.fullmatch(clean) else ""


def country(value: Any, notes: Notes) -> str:
    """A country as the shop writes it, in one case."""
    if value is None or value == "":
        return ""
    given = value if type(value) is str else _as_text(value)
    clean = _one_case(" ".join(given.split()))[:64]
    if clean != given:
        notes.append("country_case")
    return clean


def currency(value: Any, notes: Notes) -> str:
    """A code of ISO 4217, or ``XXX``."""
    code = "" if value is None else str(value).strip().upper()
    if code in CURRENCIES:
        return code
    notes.append("unknown_currency" if code else "missing_currency")
    return NO_CURRENCY


def json_object(value: Any, notes: Notes) -> dict[str, Any]:
    """A dictionary that every database can store."""
    if not value:
        return {}
    try:
        written = value if isinstance(value, str) else json.dumps(value, default=str, allow_nan=False)
        found = json.loads(written, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unusable("blanked_value", Why.NO_JSON) from None
    if not isinstance(found, dict) or "\\u0000" in json.dumps(found):
        raise Unusable("blanked_value", Why.NO_OBJECT)
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _scaled(value: Decimal, scale: int) -> int:
    if not value.is_finite():
        raise Unusable("unreadable_number", Why.NOT_FINITE)
    if value.adjusted() > 20:
        raise Unusable("out_of_range", Why.TOO_LARGE)
    exact = value * scale
    whole = int(exact)
    return whole if whole == exact else int(exact.to_integral_value(rounding=ROUND_HALF_EVEN))


_WHOLE = re.compile(r"([+-]?\d[\d.,]*)[.,][-–—]+")
"""An amount without cents as it is written on price tags: ``20.-``, ``1.234,–``."""
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_SYMBOLS = re.compile(r"[\s'’_\u00a0]|[A-Z]{3}|[€£$¥￥₹₩₺₴元]")


def _decimal(value: Any) -> Decimal:
    """A number from whatever says one: ``1,234.50``, ``1.234,50``, ``1'234.-``, ``£3``, ``(5.00)``, ``１２``."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, (int, float)):
        return Decimal(repr(value + 0))
    if type(value) is str and _NUMBER.fullmatch(value):
        return Decimal(value)
    written = _SYMBOLS.sub("", unicodedata.normalize("NFKC", str(value)).replace("−", "-"))
    if written.startswith("(") and written.endswith(")"):
        written = "-" + written[1:-1]
    written = _with_point(written)
    try:
        return Decimal(written)
    except InvalidOperation:
        raise Unusable("unreadable_number", Why.NO_NUMBER, value=str(value)[:30]) from None


def _with_point(written: str) -> str:
    """The number with a decimal point and no marks for the thousands.

    The last of two kinds of mark is the point, and so is one before dashes in place of cents. A single comma before
    exactly three digits marks thousands.
    """
    if whole := _WHOLE.fullmatch(written):
        return whole[1].replace(",", "").replace(".", "")
    comma, point = written.rfind(","), written.rfind(".")
    if comma < 0:
        return written if written.count(".") < 2 else written.replace(".", "")
    if point > comma:
        return written.replace(",", "")
    if point >= 0:
        return written.replace(".", "").replace(",", ".")
    thousands = written.count(",") > 1 or re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", written)
    return written.replace(",", "" if thousands else ".")


_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]")
_SLASHED = re.compile(r"(\d{1,4})[/.](\d{1,2})[/.](\d{1,4})(.*)")
_SHORT = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(| +\d.*)")
"""Year, month and day with dashes and a clock after spaces; any of them may lack its zero."""


def _datetime(value: Any, date_format: str | None) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)  # the shop's zone is put on by the caller
    try:
        if isinstance(value, (int, float, Decimal)) or re.fullmatch(r"\d{10}|\d{13}", str(value).strip()):
            seconds = float(value)
            return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        written = str(value).strip()
        if date_format:
            return datetime.strptime(written, date_format)  # noqa: DTZ007
        return datetime.fromisoformat(_iso(written))
    except (ValueError, OverflowError, OSError):
        raise Unusable("unreadable_date", Why.NO_DATE, value=str(value)[:30]) from None


def _iso(written: str) -> str:
    """A date with slashes, dots or Chinese signs, in ISO's order; day and month are never guessed."""
    written = _CHINESE_DATE.sub(lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2} ", written).strip()
    found = _SLASHED.fullmatch(written) or _SHORT.fullmatch(written)
    if found is None:
        return written
    first, second, third, rest = found.groups()
    if len(first) == 4:
        year, month, day = first, second, third
    elif len(third) != 4:
        raise ValueError(written)
    elif int(first) > 12 or "." in written.split(" ")[0]:
        year, month, day = third, second, first
    elif int(second) > 12:
        year, month, day = third, first, second
    else:
        raise ValueError(written)
    clock = rest.strip()
    if re.match(r"\d:", clock):
        clock = "0" + clock
    return f"{year}-{month:0>2}-{day:0>2} {clock}".strip()


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        value = value.replace(tzinfo=timezone.get_default_timezone())
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise Unusable("impossible_date", Why.NO_SUCH_TIME) from None


def _one_case(name: str) -> str:
    if len(name) <= 3:
        return name.upper()
    if not (name.islower() or (name.isupper() and len(name) > 4)):
        return name
    words = [_WORD.sub(lambda m: m[0][0].upper() + m[0][1:].lower(), word) for word in name.split(" ")]
    return " ".join(word.lower() if word in _SMALL_WORDS and index else word for index, word in enumerate(words))


def latest_possible(now: datetime) -> datetime:
    """The last moment that a row may name: a day from now, since clocks and zones differ."""
    return now + timedelta(days=1)
