"""Why a score is what it is: signed bars with plain words, which add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from insights import formats
from insights.panel.charts import signed_bar
from insights.vocabulary import say_reason


@dataclass(frozen=True)
class Reason:
    """One line: the words, the bar, and the percent points it adds or takes away."""

    words: str
    bar: SafeString
    points: str


def reasons(found: Sequence[Mapping[str, Any]], *, most: int = 5) -> list[Reason]:
    """The strongest reasons, and all the others in one line, so that the points add up.

    Args:
        found: as kept with a customer's state: feature, value, typical, contribution.
        most: how many to name.
    """
    ranked = sorted(found, key=lambda reason: -abs(float(reason["contribution"])))
    named, rest = ranked[:most], ranked[most:]
    lines = [(say_reason(reason, formats.language()), float(reason["contribution"])) for reason in named]
    if rest:
        lines.append((_("All other reasons together"), sum(float(reason["contribution"]) for reason in rest)))
    greatest = max((abs(points) for _words, points in lines), default=0.0)
    return [Reason(words, signed_bar(points, greatest), formats.signed(points * 100)) for words, points in lines]


def base(found: Sequence[Mapping[str, Any]], chance: float) -> float:
    """The chance from which the reasons add and take away."""
    return chance - sum(float(reason["contribution"]) for reason in found)
