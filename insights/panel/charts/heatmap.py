"""A heat map that is a real table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString

from insights.panel.charts.svg import element
from insights.panel.charts.treemap import shade


def heatmap(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[float | None]],
    *,
    caption: str,
    show: Callable[[float], str],
    corner: str = "",
    marked: tuple[int, int] | None = None,
) -> SafeString:
    """A table whose cells are shaded from little to much.

    Args:
        rows: heads of the rows.
        columns: heads of the columns.
        cells: (rows, columns) numbers; ``None`` leaves the cell empty.
        caption: what it shows, read out before the table.
        show: writes a number.
        corner: what stands over the row heads.
        marked: row and column of the one cell to point out.
    """
    there = [value for row in cells for value in row if value is not None]
    low, high = (min(there), max(there)) if there else (0.0, 0.0)
    head = element(
        "thead",
        element("tr", element("th", corner, scope="col"), *(element("th", name, scope="col") for name in columns)),
    )
    lines = []
    for at, (name, row) in enumerate(zip(rows, cells, strict=True)):
        written = [_cell(value, low, high, show, is_marked=(at, column) == marked) for column, value in enumerate(row)]
        lines.append(element("tr", element("th", name, scope="row"), *written))
    return element(
        "table", element("caption", caption, class_="ins-sr"), head, element("tbody", *lines), class_="ins-heat"
    )


def _cell(value: float | None, low: float, high: float, show: Callable[[float], str], *, is_marked: bool) -> SafeString:
    mark = " is-marked" if is_marked else ""
    current = "true" if is_marked else None
    if value is None:
        return element("td", "–", class_=f"ins-cell ins-cell--none{mark}", aria_current=current)
    return element("td", show(value), class_=f"ins-cell s{shade(value, low, high)}{mark}", aria_current=current)
