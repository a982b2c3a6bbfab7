"""What somebody has spent so far, and what is likely to come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from insights.panel.charts.scale import Linear, ticks
from insights.panel.charts.svg import compact, drawing, element, path, text_width, words


@dataclass(frozen=True)
class Outlook:
    """The course of a customer's spend.

    Attributes:
        spent: (day, spend until then), one an order, oldest first.
        today: the day on which the expectation was made.
        expected: (days ahead, spend expected in them), nearest first.
    """

    spent: Sequence[tuple[date, float]]
    today: date
    expected: Sequence[tuple[int, float]]


def outlook(
    data: Outlook, *, label: str, show: Callable[[float], str], day: Callable[[date], str], now: str
) -> SafeString:
    """Steps up to today, then a dashed line of what is expected on top.

    Args:
        data: the course.
        label: the same in words.
        show: writes an amount short.
        day: writes a day short.
        now: the word for today.
    """
    if not data.spent:
        return SafeString("")
    total = data.spent[-1][1]
    ahead = data.expected[-1][0] if data.expected else 0
    first = data.spent[0][0].toordinal()
    today = max(data.today.toordinal(), data.spent[-1][0].toordinal())
    highest = total + (data.expected[-1][1] if data.expected else 0.0)
    marks = ticks(highest, low=min(0.0, *(amount for _, amount in data.spent)))
    left = max(text_width(show(mark)) for mark in marks) + 10
    right = 420 - text_width(show(highest), 12) - 14
    across, up = Linear(first, max(today + ahead, first + 1), left, right), Linear(marks[0], marks[-1], 174, 12)
    parts: list[SafeString] = []
    for mark in marks:
        parts.append(
            element("line", class_="k-grid" if mark else "k-zero", x1=left, x2=right, y1=up(mark), y2=up(mark))
        )
        parts.append(words(show(mark), left - 6, up(mark) + 4, "k-end"))
    steps = [(across(first), up(0))]
    for placed, amount in data.spent:
        x = across(placed.toordinal())
        steps += [(x, steps[-1][1]), (x, up(amount))]
    steps.append((across(today), steps[-1][1]))
    zero = compact(up(0))
    foot = f" L{compact(steps[-1][0])} {zero} L{compact(steps[0][0])} {zero}Z"
    parts.append(element("path", class_="k-area", d=path(steps) + foot))
    parts.append(element("path", class_="k-line", d=path(steps)))
    if data.expected:
        course = [(across(today), up(total))]
        course += [(across(today + days), up(total + amount)) for days, amount in data.expected]
        parts.append(element("line", class_="k-note", x1=across(today), x2=across(today), y1=12, y2=174))
        parts.append(element("path", class_="k-line k-next", d=path(course)))
        parts.append(words(show(highest), course[-1][0] + 8, course[-1][1] + 4, "t-loud"))
    parts.append(element("circle", class_="k-dot", cx=across(today), cy=up(total), r=3.5))
    if across(today) - left > 90:
        parts.append(words(day(data.spent[0][0]), left, 192, "k-start"))
    parts.append(words(now, across(today), 192, "k-mid"))
    return drawing(420, 196, *parts, label=label)
