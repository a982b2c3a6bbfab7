"""Building SVG as text. Everything that is not yet markup is escaped."""

from __future__ import annotations

import math
from typing import Any

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

Attribute = str | float | bool | None


def element(name: str, *children: Any, **attributes: Attribute) -> SafeString:
    """One element.

    Args:
        name: the element's name, ours and never a user's.
        children: text, which is escaped, or markup from here.
        attributes: ``class_`` gives ``class``, ``aria_label`` gives ``aria-label``; numbers are
            rounded to a tenth, ``None`` and ``False`` leave the attribute out.
    """
    written = "".join(
        f' {_name(key)}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False and value != ""
    )
    inner = "".join(str(_escaped(child)) for child in children if child is not None)
    return mark_safe(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S308


def join(*parts: Any) -> SafeString:
    """Several pieces of markup or text, one after the other."""
    return mark_safe("".join(str(_escaped(part)) for part in parts if part is not None))  # noqa: S308


def drawing(width: float, height: float, *children: Any, label: str = "", stretch: bool = False) -> SafeString:
    """An ``<svg>`` of a size. Without a label it is decoration, and hidden from screen readers.

    Args:
        stretch: whether the drawing fills its box, letting width and height scale on their own.
    """
    return element(
        "svg",
        *children,
        viewBox=f"0 0 {compact(width)} {compact(height)}",
        preserveAspectRatio="none" if stretch else None,
        role="img" if label else None,
        aria_label=label,
        aria_hidden=None if label else "true",
    )


def _escaped(content: object) -> str:
    return conditional_escape(content if isinstance(content, SafeString) else str(content))


def words(content: object, x: float, y: float, class_: str = "") -> SafeString:
    """A text at a place."""
    return element("text", str(content), class_=class_, x=x, y=y)


def path(points: list[tuple[float, float]]) -> str:
    """The ``d`` of a line through points."""
    return "M" + " L".join(f"{compact(x)} {compact(y)}" for x, y in points) if points else ""


def compact(value: float) -> str:
    """A coordinate, rounded to a tenth, without a trailing nought."""
    if not math.isfinite(value):
        raise ValueError(f"A coordinate must be a finite number, not {value}.")
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def text_width(content: str, size: float = 11) -> float:
    """About how wide a text will be, in pixels; a Chinese character counts as a full square."""
    return sum(size if ord(character) > 0x2E7F else size * 0.56 for character in content)


def _name(key: str) -> str:
    return "class" if key == "class_" else key.replace("_", "-")


def _value(value: Attribute) -> str:
    if value is True:
        return "true"
    return compact(value) if isinstance(value, (int, float)) else escape(value)
