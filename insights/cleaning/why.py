"""Why a row, or an event, cannot be taken over: every sentence that is ever said of one.

A reason is kept as an English sentence, so that files, reports and the tables can be read as they are. Whoever shows it
says it in the language of the reader, after finding the sentence that it was made from.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from django.utils.translation import gettext, gettext_noop

_PLACE = re.compile(r"%\((\w+)\)s")


class Why(StrEnum):
    """The sentences, with places for what they quote."""

    # Of any row.
    NO_KEY = gettext_noop("The row has no key.")
    LONG_KEY = gettext_noop("The key is longer than 128 characters.")
    EMPTY = gettext_noop("“%(field)s” is empty.")
    NO_NUMBER = gettext_noop("“%(value)s” is not a number.")
    NOT_FINITE = gettext_noop("The number is not finite.")
    TOO_LARGE = gettext_noop("The number is too large.")
    NEGATIVE = gettext_noop("The number is below nought, or too large.")
    NO_DATE = gettext_noop("“%(value)s” is not a date that can be read safely.")
    UNLIKELY_DATE = gettext_noop("%(day)s is before 1990 or in the future.")
    NO_SUCH_TIME = gettext_noop("The date is out of all range.")
    NEITHER = gettext_noop("“%(value)s” is neither yes nor no.")
    NO_JSON = gettext_noop("The value is no JSON.")
    NO_OBJECT = gettext_noop("The value is no JSON object that can be stored.")
    FAILED = gettext_noop("“%(field)s” fails: %(error)s")
    ORPHAN = gettext_noop("There is no row of %(of)s with the key “%(key)s”.")

    # Of one kind of row.
    LEFT_OUT = gettext_noop("Orders of this status are left out.")
    NO_PRICE = gettext_noop("The line has neither a price nor an amount.")
    TOO_DEAR = gettext_noop("Quantity × price is too large.")
    OUT_OF_SCALE = gettext_noop("The rating is not between %(lowest)s and %(highest)s.")
    NO_SALE = gettext_noop("The customer has bought too little of it before.")
    NOBODY = gettext_noop("Nobody is named.")

    # Of what should be a row of a file.
    CUT_OFF = gettext_noop("The file is cut off within or behind this row.")
    NO_CHARACTERS = gettext_noop("The row holds bytes that are no %(encoding)s.")
    TOO_WIDE = gettext_noop("The row has %(cells)s cells, the header %(columns)s.")
    LINE_NO_JSON = gettext_noop("The line is no JSON.")
    LINE_NO_OBJECT = gettext_noop("The line is no JSON object.")
    OTHER_FORMAT = gettext_noop("The line is in another format.")

    # Of what a browser sends.
    BATCH_NO_JSON = gettext_noop("No JSON: %(error)s")
    BATCH_TOO_DEEP = gettext_noop("The batch is nested too deeply.")
    NO_EVENTS = gettext_noop("No object with a list of events.")
    TOO_DEEP = gettext_noop("The event is nested too deeply.")
    EVENT_NO_OBJECT = gettext_noop("The event is a %(type)s, no object.")
    NO_UUID = gettext_noop("The event has no id that is a UUID of version 7.")
    UNKNOWN_NAME = gettext_noop("GA4's events for shops have no “%(name)s”.")
    PARAMS_NO_OBJECT = gettext_noop("“params” is a %(type)s, no object.")
    ITEMS_NO_LIST = gettext_noop("“items” is no list of objects.")
    LONG_AGO = gettext_noop("It is said to have happened at %(moment)s.")
    NO_MOMENT = gettext_noop("“at” is %(said)s, no milliseconds since 1970.")
    NO_ORDER = gettext_noop("A %(name)s names its order in “transaction_id”.")
    UNSIGNED = gettext_noop("None of the products bears the signature of a widget of ours.")
    UNREADABLE = gettext_noop("Reading it failed: %(error)s.")
    UNWRITABLE = gettext_noop("Writing it failed: %(error)s.")
    LOST = gettext_noop("Five workers were lost while they read this batch.")


def say_why(reason: str) -> str:
    """A reason that was kept, in the language of the reader; one that no sentence of ours made is said as it is."""
    for why, pattern in _patterns():
        if found := pattern.fullmatch(reason):
            return gettext(why) % found.groupdict()
    return reason


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """What finds each sentence, whatever it quotes."""
    found = []
    for why in Why:
        parts = _PLACE.split(why)
        # Texts and names of places take turns.
        wanted = "".join(f"(?P<{part}>.*)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
        found.append((str(why), re.compile(wanted, re.DOTALL)))
    return found
