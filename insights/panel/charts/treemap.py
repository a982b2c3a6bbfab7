"""Shares of a whole as areas, shaded by a second measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from insights.panel.charts.svg import drawing, element, join, text_width, words


@dataclass(frozen=True)
class Tile:
    """One area.

    Attributes:
        name: what it stands for.
        size: its share of the area; what is not above nought is left out.
        shade: 1 (little) to 7 (much).
        lines: what is written below the name where there is room, most important first.
        title: all of it in words, for who points at it.
        href: where it leads to.
    """

    name: str
    size: float
    shade: int = 4
    lines: tuple[str, ...] = ()
    title: str = ""
    href: str = ""


Box = tuple[float, float, float, float]


def treemap(tiles: Sequence[Tile], *, label: str) -> SafeString:
    """The areas, greatest first, in a wide and a narrow drawing; nothing when no tile has a size."""
    there = sorted((tile for tile in tiles if tile.size > 0), key=lambda tile: -tile.size)
    if not there:
        return SafeString("")
    return join(
        element("div", _draw(there, 880, 300, label), class_="ins-wide"),
        element("div", _draw(there, 330, 400, label), class_="ins-narrow"),
    )


def squarify(sizes: Sequence[float], box: Box) -> list[Box]:
    """Rectangles as square as can be, after Bruls, Huizing and van Wijk, "Squarified treemaps" (2000).

    Args:
        sizes: above nought, greatest first.
        box: x, y, width, height of the whole.

    Returns:
        x, y, width, height for each size, in the same order.
    """
    x, y, width, height = box
    total = sum(sizes)
    areas = [size / total * width * height for size in sizes]
    boxes: list[Box] = []
    while areas:
        side = min(width, height)
        count = 1
        while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(areas[:count], side):
            count += 1
        row, areas = areas[:count], areas[count:]
        depth = sum(row) / side if side else 0.0
        along = 0.0
        for area in row:
            length = area / depth if depth else 0.0
            boxes.append((x, y + along, depth, length) if width >= height else (x + along, y, length, depth))
            along += length
        if width >= height:
            x, width = x + depth, max(width - depth, 0.0)
        else:
            y, height = y + depth, max(height - depth, 0.0)
    return boxes


def _worst(row: Sequence[float], side: float) -> float:
    """The worst ratio of sides in a row laid along a side."""
    total = sum(row)
    return max(side * side * max(row) / total**2, total**2 / (side * side * min(row)))


def _draw(tiles: Sequence[Tile], width: float, height: float, label: str) -> SafeString:
    boxes = squarify([tile.size for tile in tiles], (0.0, 0.0, width, height))
    linked = any(tile.href for tile in tiles)
    shapes = [_tile(tile, box) for tile, box in zip(tiles, boxes, strict=True)]
    if not linked:
        return drawing(width, height, *shapes, label=label)
    # role="img" would hide the links inside from a screen reader.
    return element("svg", *shapes, viewBox=f"0 0 {width:.0f} {height:.0f}", role="group", aria_label=label)


def _tile(tile: Tile, box: Box) -> SafeString:
    x, y, width, height = box
    shade = min(max(tile.shade, 1), 7)
    gap = 1.5
    across, down = max(width - 2 * gap, 0.5), max(height - 2 * gap, 0.5)
    rectangle = element("rect", class_=f"s{shade}", x=x + gap, y=y + gap, width=across, height=down, rx=5)
    written = []
    size, pad, name = _name(tile.name, across, down)
    for index, line in enumerate(name):
        written.append(words(line, x + gap + pad, y + pad + 11.5 + (size + 3) * index, f"i{shade} t-name t-{size}"))
    foot = pad + (size + 3) * len(name)
    for index, said in enumerate(tile.lines if name else ()):
        if text_width(said) + 2 * pad > across or down < foot + 20 + 16 * index:
            break
        written.append(words(said, x + gap + pad, y + foot + 13 + 16 * index, f"i{shade}"))
    inside = join(element("title", tile.title or tile.name), rectangle, *written)
    if tile.href:
        return element("a", inside, href=tile.href, class_="k-link", aria_label=tile.title or tile.name)
    return element("g", inside)


def _name(name: str, across: float, down: float) -> tuple[int, float, list[str]]:
    """Size, margin and lines of a name in a tile: as large as fits, on several lines where one is too long."""
    for size, pad in ((13, 11.5), (11, 7.0)):
        room = across - 2 * pad
        lines = _lines(name, room, size)
        if lines and (size + 3) * len(lines) + 2 * pad - 6 <= down:
            return size, pad, lines
    return 11, 7.0, []


def _lines(name: str, room: float, size: int, most: int = 3) -> list[str]:
    """The name broken to fit; empty where a part is too long or there are too many lines."""
    # Chinese breaks between any two characters, other scripts at a space.
    parts = re.findall(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*", name)
    lines = [""]
    for part in parts:
        if lines[-1] and text_width((lines[-1] + part).rstrip(), size) > room:
            lines.append("")
        lines[-1] += part
    lines = [line.rstrip() for line in lines]
    fits = len(lines) <= most and all(text_width(line, size) <= room for line in lines)
    return lines if fits else []


def shade(value: float, low: float, high: float) -> int:
    """The step, 1 to 7, of a value between the least and the greatest."""
    if high <= low:
        return 4
    return 1 + round(min(max((value - low) / (high - low), 0.0), 1.0) * 6)
