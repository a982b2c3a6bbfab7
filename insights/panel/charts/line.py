"""A course over time, with the period before it dotted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from insights.panel.charts.scale import Linear, extent, runs, spread, ticks
from insights.panel.charts.svg import compact, drawing, element, join, path, text_width, words

Values = Sequence[float | None]
Format = Callable[[float], str]


@dataclass(frozen=True)
class Line:
    """What a line chart shows.

    Attributes:
        days: what each point is called, oldest first.
        values: one number a point; ``None`` leaves a gap.
        name: what the line is called at its end.
        before: the numbers of the period before, point by point; may be shorter or longer.
        before_name: what that line is called at its end.
        before_days: what each of its points is called.
        ticks: what each point is called on the axis, short; ``days`` without it.
        changes: how each point stands to the one before, in words such as "▲ 8%".
        whole: whether the values are counts, so that the axis has no fractions.
    """

    days: Sequence[str]
    values: Values
    name: str
    before: Values = ()
    before_name: str = ""
    before_days: Sequence[str] = ()
    ticks: Sequence[str] = ()
    changes: Sequence[str] = ()
    whole: bool = False


@dataclass(frozen=True)
class _Frame:
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    labels: int
    boxes: bool


def line(data: Line, *, label: str, show: Format, axis: Format | None = None) -> SafeString:
    """The chart in two drawings, a wide and a narrow one; the sheet shows the one that fits.

    Args:
        data: what it shows.
        label: the same in words, for those who hear it.
        show: writes a value in full, for the box that opens where one points.
        axis: writes a value short, for the axis; ``show`` when None.
    """
    axis = axis or show
    end = max(text_width(data.name, 12), text_width(data.before_name, 12)) + 16
    low, high = extent([*data.values, *data.before])
    marks = ticks(high, low=low, whole=data.whole)
    left = max(text_width(axis(mark)) for mark in marks) + 12
    wide = _Frame(880, 320, left, 880 - end, 18, 290, 6, boxes=True)
    narrow = _Frame(330, 220, left, 330 - 12, 18, 190, 3, boxes=False)
    return join(
        element("div", _draw(data, wide, marks, label, show, axis), class_="ins-wide"),
        element("div", _draw(data, narrow, marks, label, show, axis), class_="ins-narrow"),
    )


def _draw(data: Line, frame: _Frame, marks: list[float], label: str, show: Format, axis: Format) -> SafeString:
    across = Linear(0, max(len(data.days) - 1, 1), frame.left, frame.right)
    up = Linear(marks[0], marks[-1], frame.bottom, frame.top)
    parts: list[SafeString] = []
    for mark in marks:
        y = up(mark)
        parts.append(element("line", class_="k-grid" if mark else "k-zero", x1=frame.left, x2=frame.right, y1=y, y2=y))
        parts.append(words(axis(mark), frame.left - 8, y + 4, "k-end"))
    for index in spread(len(data.days), frame.labels):
        anchor = "k-end" if index == len(data.days) - 1 and index and not frame.boxes else "k-mid"
        parts.append(words((data.ticks or data.days)[index], across(index), frame.bottom + 20, anchor))
    parts.extend(
        element("path", class_="k-prev", d=path([(across(at), up(value)) for at, value in stretch]))
        for stretch in runs(data.before[: len(data.days)])
    )
    for stretch in runs(data.values):
        points = [(across(at), up(value)) for at, value in stretch]
        zero = compact(up(0))
        foot = f" L{compact(points[-1][0])} {zero} L{compact(points[0][0])} {zero}Z"
        if len(points) > 1:
            parts.append(element("path", class_="k-area", d=path(points) + foot))
            parts.append(element("path", class_="k-line", d=path(points)))
        else:
            parts.append(element("circle", class_="k-dot", cx=points[0][0], cy=points[0][1], r=3.5))
    parts.extend(_ends(data, frame, across, up))
    parts.extend(_points(data, frame, across, up, show))
    return drawing(frame.width, frame.height, *parts, label=label)


def _ends(data: Line, frame: _Frame, across: Linear, up: Linear) -> list[SafeString]:
    """The last point, and the names of the lines beside it, kept apart from each other."""
    last = [(at, value) for at, value in enumerate(data.values) if value is not None]
    if not last:
        return []
    at, value = last[-1]
    parts = [element("circle", class_="k-dot", cx=across(at), cy=up(value), r=3.5)]
    if not frame.boxes:
        return parts
    y = up(value)
    parts.append(words(data.name, frame.right + 10, y + 4, "t-loud"))
    before = data.before[len(data.days) - 1] if len(data.before) >= len(data.days) else None
    if before is not None and data.before_name:
        other = up(before)
        if abs(other - y) < 15:
            other = y + 15 if other >= y and y + 15 <= frame.bottom + 4 else y - 15
        parts.append(words(data.before_name, frame.right + 10, other + 4))
    return parts


def _points(data: Line, frame: _Frame, across: Linear, up: Linear, show: Format) -> list[SafeString]:
    """One target a point: a box to open on a wide drawing, a title on a narrow one."""
    width = (frame.right - frame.left) / max(len(data.days) - 1, 1)
    parts = []
    for at, value in enumerate(data.values):
        x = across(at)
        target = {"x": x - width / 2, "y": frame.top, "width": width, "height": frame.bottom - frame.top}
        before = data.before[at] if at < len(data.before) else None
        if frame.boxes:
            box = _box(data, frame, at, x, up, show, before)
            parts.append(element("g", element("rect", class_="k-hit", **target), box, class_="k-day"))
        else:
            said = f"{data.days[at]}: {_or_dash(value, show)}"
            parts.append(element("rect", element("title", said), class_="k-hit", **target))
    return parts


def _box(data: Line, frame: _Frame, at: int, x: float, up: Linear, show: Format, before: float | None) -> SafeString:
    value = data.values[at]
    rows = [(data.name, _or_dash(value, show), "t-loud k-end")]
    if data.before:
        day = data.before_days[at] if at < len(data.before_days) else data.before_name
        rows.append((day, _or_dash(before, show), "k-end"))
    change = data.changes[at] if at < len(data.changes) else ""
    lines = [(data.days[at], change), *((name, said) for name, said, _ in rows)]
    width = max(text_width(name) + text_width(said) for name, said in lines) + 48
    height = 30 + 20 * len(rows)
    left = x + 12 if x + 12 + width <= frame.width else x - 12 - width
    top = frame.top + 8
    inside = [
        element("line", class_="k-cross", x1=x, x2=x, y1=frame.top, y2=frame.bottom),
        element("circle", class_="k-dot", cx=x, cy=up(value), r=4) if value is not None else None,
        element("rect", class_="k-box", x=left, y=top, width=width, height=height, rx=6),
        words(data.days[at], left + 12, top + 20, "t-loud"),
        words(change, left + width - 12, top + 20, "k-end") if change else None,
    ]
    for row, (name, said, class_) in enumerate(rows):
        inside.append(words(name, left + 12, top + 41 + 19 * row))
        inside.append(words(said, left + width - 12, top + 41 + 19 * row, class_))
    return element("g", *inside, class_="k-tip")


def _or_dash(value: float | None, show: Format) -> str:
    return "–" if value is None else show(value)
