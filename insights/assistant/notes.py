"""What was taken for granted in an answer, as one sentence each, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from insights import formats, vocabulary
from insights.analytics import DIMENSIONS
from insights.assistant.wording import label, period
from insights.conf import settings

Values = dict[str, Any]


def note(key: str, values: Values) -> str:
    """The sentence of a note of a :class:`~insights.assistant.language.Reading`; nothing for one that is not known."""
    return _SENTENCES[key](values) if key in _SENTENCES else ""


def _days(values: Values) -> dict[str, str]:
    return {"period": period(values["start"], values["end"])}


def _quoted(words: Sequence[str]) -> dict[str, str]:
    return {"words": _(", ").join(f"“{word}”" for word in words)}


def _band(values: Values) -> str:
    term = vocabulary.CHURN_BANDS[values["band"]]
    language = formats.language()
    return _("“About to leave” means the churn risk “%(band)s”: %(meaning)s") % {
        "band": term.label(language),
        "meaning": term.meaning(language),
    }


def _with_base(values: Values) -> Values:
    return {**values, "base": settings.BASE_CURRENCY}


_SENTENCES: dict[str, Callable[[Values], str]] = {
    "default_period": lambda values: _("No period was named; taken: %(period)s.") % _days(values),
    "most_recent": lambda values: _("The most recent one was taken: %(period)s.") % _days(values),
    "so_far": lambda values: _("It is not over yet; taken so far: %(period)s.") % _days(values),
    "crossed": lambda values: _("Taken over the turn of the year: %(period)s.") % _days(values),
    "read_day": lambda values: _("Read as %(day)s.") % {"day": formats.long_day(values["start"])},
    "corrected": lambda values: _("“%(typed)s” was read as “%(read)s”.") % values,
    "unused": lambda values: _("Not used: %(words)s.") % _quoted(values["words"]),
    "not_known": lambda values: _("Not understood: %(words)s.") % _quoted(values["words"]),
    "measured_by": lambda values: _("Measured by %(metric)s.") % {"metric": label(values["metric"])},
    "by_source": lambda values: (
        _("By channel means by the kind of source: %(name)s.")
        % {"name": DIMENSIONS[values["dimension"]].label(formats.language())}
    ),
    "likely": lambda values: (
        _("“Likely” means a chance of %(share)s or more.") % {"share": formats.percent(values["share"], 0)}
    ),
    "churn_band": _band,
    "has_ordered": lambda values: _("Customers who never ordered are left out."),
    "converted": lambda values: _("Amounts in %(currency)s were converted to %(base)s.") % _with_base(values),
    "no_rate": lambda values: (
        _("There is no rate for %(currency)s; the amount was taken in %(base)s.") % _with_base(values)
    ),
    "several": lambda values: _("“%(said)s” stands for %(count)s products.") % values,
    "follow_up": lambda values: _("The rest is taken from the question before."),
}
