"""Level bars: things compared, the longest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from insights.panel.charts.svg import drawing, element, join, text_width, words


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        name: what it stands for.
        value: how long it is; below nought counts as nought, and is written as it is.
        before: the same in the period before, drawn hollow; None leaves it out.
        href: where the name leads to.
    """

    name: str
    value: float
    before: float | None = None
    href: str = ""


def bars(items: Sequence[Bar], *, label: str, show: Callable[[float], str]) -> SafeString:
    """The bars in the order given, in a wide and a narrow drawing.

    Args:
        items: what to compare; empty gives nothing.
        label: the same in words.
        show: writes a value.
    """
    if not items:
        return SafeString("")
    return join(
        element("div", _draw(items, 820, label, show), class_="ins-wide"),
        element("div", _draw(items, 320, label, show), class_="ins-narrow"),
    )


def _draw(items: Sequence[Bar], width: float, label: str, show: Callable[[float], str]) -> SafeString:
    pitch = 43.0 if any(item.before is not None for item in items) else 34.0
    room = width * 0.34
    left = min(max(text_width(item.name, 13) for item in items) + 16, room)
    # Where the names have not room enough, each stands above its bar.
    above = any(text_width(item.name, 13) + 16 > room for item in items)
    if above:
        room, left, pitch = width, 0.0, pitch + 18
    end = max(text_width(show(item.value), 12) for item in items) + 12
    longest = max([1e-12, *(item.value for item in items), *(item.before or 0.0 for item in items)])
    parts: list[SafeString] = []
    for row, item in enumerate(items):
        y = row * pitch + 6
        parts.append(_name(item, room if above else left, y + 11))
        y += 18 if above else 0
        length = max(item.value, 0.0) / longest * (width - left - end)
        title = element("title", f"{item.name}: {show(item.value)}")
        parts.append(element("rect", title, class_="k-bar", x=left, y=y, width=max(length, 1.0), height=14, rx=3))
        reach = length
        if item.before is not None:
            hollow = max(item.before, 0.0) / longest * (width - left - end)
            title = element("title", f"{item.name}: {show(item.before)}")
            parts.append(
                element("rect", title, class_="k-bar2", x=left, y=y + 16, width=max(hollow, 1.0), height=7, rx=2)
            )
            reach = max(length, 0.0)
        parts.append(words(show(item.value), left + reach + 8, y + 11.5, "t-loud"))
    return drawing(width, len(items) * pitch, *parts, label=label)


def _name(item: Bar, room: float, y: float) -> SafeString:
    name = item.name
    while text_width(name, 13) > room - 8 and len(name) > 2:
        name = name.rstrip("…")[:-1].rstrip() + "…"
    shown = element("text", name, None if name == item.name else element("title", item.name), class_="t-cat", x=0, y=y)
    return element("a", shown, href=item.href) if item.href else shown


def level(share: float) -> SafeString:
    """A single level without words: how much of the whole is there.

    Args:
        share: 0 to 1; what lies outside is cut off.
    """
    filled = min(max(share, 0.0), 1.0) * 100
    return drawing(
        100,
        8,
        element("rect", class_="k-track", width=100, height=8),
        element("rect", class_="k-bar", width=filled, height=8) if filled else None,
        stretch=True,
    )
