"""A line the size of a word, under a headline figure."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString

from insights.panel.charts.scale import Linear, extent, runs
from insights.panel.charts.svg import compact, drawing, element, join, path

WIDTH, HEIGHT, MARGIN = 180.0, 36.0, 4.0


def sparkline(values: Sequence[float | None], *, label: str) -> SafeString:
    """A thin line with a light area below it; empty without two values.

    The sparkline shows a course and no level, hence its axis does not begin at nought.

    Args:
        values: one a day or week, oldest first; ``None`` where nothing is known.
        label: what it shows, in words.
    """
    stretches = [stretch for stretch in runs(values) if len(stretch) > 1]
    if not stretches:
        return SafeString("")
    low, high = extent(values)
    across = Linear(0, len(values) - 1, 0, WIDTH)
    up = Linear(low, high, HEIGHT - 6, MARGIN) if high > low else Linear(0, 1, HEIGHT / 2, HEIGHT / 2)
    marks = []
    for stretch in stretches:
        points = [(across(position), up(value)) for position, value in stretch]
        foot = f" L{compact(points[-1][0])} {compact(HEIGHT)} L{compact(points[0][0])} {compact(HEIGHT)}Z"
        marks.append(element("path", class_="k-area", d=path(points) + foot))
        marks.append(element("path", class_="k-line k-thin", d=path(points)))
    return drawing(WIDTH, HEIGHT, join(*marks), label=label, stretch=True)
