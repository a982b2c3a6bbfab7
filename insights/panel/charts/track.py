"""One chance with its range, and the bars that say why."""

from __future__ import annotations

from django.utils.safestring import SafeString

from insights.panel.charts.scale import Linear
from insights.panel.charts.svg import drawing, element, text_width, words


def track(
    value: float,
    *,
    label: str,
    low: float | None = None,
    high: float | None = None,
    usual: float | None = None,
    usual_name: str = "",
) -> SafeString:
    """A level from 0 to 1 with the band of its range and the mark of what is usual.

    Args:
        value: the chance, 0 to 1.
        label: the same in words.
        low: lower end of the range.
        high: upper end of the range.
        usual: what is usual among the others.
        usual_name: what stands below that mark.
    """
    across = Linear(0, 1, 0, 300)
    parts: list[SafeString] = [element("rect", class_="k-track", y=8, width=300, height=8, rx=4)]
    if low is not None and high is not None and high > low:
        left, right = across(max(low, 0.0)), across(min(high, 1.0))
        parts.append(element("rect", class_="k-band k-strong", x=left, y=8, width=right - left, height=8, rx=4))
    place = min(max(across(value) - 2, 0.0), 296.0)
    parts.append(element("rect", class_="k-bar", x=place, y=3, width=4, height=18, rx=2))
    if usual is not None:
        x = across(usual)
        parts.append(element("line", class_="k-note", x1=x, x2=x, y1=3, y2=22))
        half = text_width(usual_name) / 2
        parts.append(words(usual_name, min(max(x, half), 300 - half), 33, "k-mid"))
    return drawing(300, 36 if usual is not None else 24, *parts, label=label)


def signed_bar(value: float, greatest: float) -> SafeString:
    """A bar to the right of nought in orange, or to the left in blue; decoration beside its number.

    Args:
        value: what is added or taken away.
        greatest: the greatest absolute value among the bars beside it.
    """
    length = abs(value) / greatest * 58 if greatest else 0.0
    parts = [element("path", class_="k-zero", d="M60 0V10")]
    if length:
        x = 60.0 if value > 0 else 60 - length
        parts.append(element("rect", class_="k-down" if value > 0 else "k-up", x=x, y=1, width=length, height=8, rx=2))
    return drawing(120, 10, *parts)
