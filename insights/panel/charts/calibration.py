"""Said against happened: does a chance of 60% come true six times in ten?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from insights.panel.charts.scale import Linear
from insights.panel.charts.svg import drawing, element, path, text_width, words


@dataclass(frozen=True)
class Bin:
    """Customers of about the same predicted chance.

    Attributes:
        predicted: mean predicted chance, 0 to 1.
        observed: share for whom it came true, 0 to 1.
        count: how many customers.
        title: all of it in words.
    """

    predicted: float
    observed: float
    count: int
    title: str = ""


def calibration(
    bins: Sequence[Bin],
    *,
    label: str,
    show: Callable[[float], str],
    said: str,
    happened: str,
    perfect: str,
) -> SafeString:
    """Bins as dots, sized by their customers, against the dotted line of perfect agreement.

    Args:
        bins: those without customers are left out.
        label: the same in words.
        show: writes a chance.
        said: the name of the level axis.
        happened: the name of the upright axis.
        perfect: the name of the dotted line.
    """
    there = [item for item in bins if item.count > 0]
    if not there:
        return SafeString("")
    across, up = Linear(0, 1, 48, 348), Linear(0, 1, 268, 28)
    parts: list[SafeString] = [words(happened, 8, 14)]
    for mark in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(element("line", class_="k-grid" if mark else "k-zero", x1=48, x2=348, y1=up(mark), y2=up(mark)))
        parts.append(words(show(mark), 40, up(mark) + 4, "k-end"))
        parts.append(words(show(mark), across(mark), 286, "k-mid"))
    parts.append(words(said, 348, 304, "k-end"))
    parts.append(element("path", class_="k-prev", d=path([(across(0), up(0)), (across(1), up(1))])))
    # Named above the drawing: beside the line, the dots of a good model would lie on its name.
    parts.append(words(perfect, 348, 14, "k-end"))
    end = 348 - text_width(perfect) - 8
    parts.append(element("path", class_="k-prev", d=path([(end - 24, 10), (end, 10)])))
    points = [(across(item.predicted), up(item.observed)) for item in there]
    parts.append(element("path", class_="k-line k-thin", d=path(points)))
    most = max(item.count for item in there)
    for item, (x, y) in zip(there, points, strict=True):
        radius = 3.0 + 5.0 * math.sqrt(item.count / most)
        title = element("title", item.title or f"{show(item.predicted)}, {show(item.observed)}")
        parts.append(element("circle", title, class_="k-dot", cx=x, cy=y, r=radius))
    return drawing(372, 312, *parts, label=label)
