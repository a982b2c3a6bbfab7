"""Geometry, escaping, empty and single-point data of every chart."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.panel.charts import (
    Bar,
    Bin,
    Line,
    Outlook,
    Tile,
    bars,
    calibration,
    heatmap,
    level,
    line,
    outlook,
    shade,
    signed_bar,
    sparkline,
    track,
    treemap,
)
from insights.panel.charts.treemap import squarify

EVIL = '<img src=x onerror="alert(1)">'


def parse(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{markup}</div>")


def drawings(markup: str) -> list[ElementTree.Element]:
    return list(parse(markup).iter("svg"))


def by_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [node for node in root.iter() if name in (node.get("class") or "").split()]


def said(root: ElementTree.Element) -> list[str]:
    return ["".join(node.itertext()) for node in root.iter("text")]


def euros(value: float) -> str:
    return f"€{value:,.0f}"


def test_sparkline__draws_from_low_to_high() -> None:
    (svg,) = drawings(sparkline([1, 2, 3], label="Orders"))
    assert by_class(svg, "k-line")[0].get("d") == "M0 30 L90 17 L180 4"
    assert svg.get("aria-label") == "Orders"


@pytest.mark.parametrize("values", [[], [5.0], [None, 3.0, None]])
def test_sparkline__needs_two_points(values: list[float | None]) -> None:
    assert sparkline(values, label="x") == ""


def test_sparkline__level_data_is_a_level_line() -> None:
    (svg,) = drawings(sparkline([4, 4], label="x"))
    assert by_class(svg, "k-line")[0].get("d") == "M0 18 L180 18"


def test_sparkline__breaks_at_a_gap() -> None:
    (svg,) = drawings(sparkline([1, 2, None, 3, 4], label="x"))
    assert len(by_class(svg, "k-line")) == 2


def sales(**changes: object) -> Line:
    given_values: dict[str, object] = {
        "days": ["1 Sep", "2 Sep", "3 Sep"],
        "values": [100.0, 300.0, 200.0],
        "name": "September",
        "before": [50.0, 150.0, 180.0],
        "before_name": "August",
        "before_days": ["2 Aug", "3 Aug", "4 Aug"],
        "changes": ["▲ +100%", "▲ +100%", "▲ +11%"],
    }
    return Line(**{**given_values, **changes})  # type: ignore[arg-type]


def test_line__has_a_wide_and_a_narrow_drawing_with_the_same_label() -> None:
    wide, narrow = drawings(line(sales(), label="Sales by day", show=euros))
    assert {wide.get("aria-label"), narrow.get("aria-label")} == {"Sales by day"}
    assert wide.get("viewBox") != narrow.get("viewBox")


def test_line__axis_begins_at_nought() -> None:
    wide, _ = drawings(line(sales(), label="x", show=euros))
    assert "€0" in said(wide)
    assert len(by_class(wide, "k-zero")) == 1
    bottom = float(by_class(wide, "k-zero")[0].get("y1", ""))
    area = by_class(wide, "k-area")[0].get("d", "")
    assert area.endswith(f"{bottom:.0f}Z")


def test_line__box_names_both_periods_and_the_change() -> None:
    wide, narrow = drawings(line(sales(), label="x", show=euros))
    boxes = by_class(wide, "k-day")
    assert len(boxes) == 3
    assert said(boxes[1]) == ["2 Sep", "▲ +100%", "September", "€300", "3 Aug", "€150"]
    assert not by_class(narrow, "k-tip")
    assert [node.text for node in narrow.iter("title")] == ["1 Sep: €100", "2 Sep: €300", "3 Sep: €200"]


def test_line__boxes_stay_inside_the_drawing() -> None:
    wide, _ = drawings(line(sales(), label="x", show=euros))
    for box in by_class(wide, "k-box"):
        x, width = float(box.get("x", "")), float(box.get("width", ""))
        assert 0 <= x
        assert x + width <= 880


def test_line__names_at_the_end_do_not_touch() -> None:
    wide, _ = drawings(line(sales(before=[50.0, 150.0, 199.0]), label="x", show=euros))
    ends = {text.text: float(text.get("y", "")) for text in wide.iter("text") if text.text in ("September", "August")}
    assert abs(ends["September"] - ends["August"]) >= 15


def test_line__without_comparison_has_no_dotted_line() -> None:
    wide, _ = drawings(line(sales(before=(), before_name="", before_days=()), label="x", show=euros))
    assert not by_class(wide, "k-prev")


def test_line__single_point_is_a_dot() -> None:
    wide, _ = drawings(line(Line(["1 Sep"], [5.0], "Now"), label="x", show=euros))
    assert not by_class(wide, "k-line")
    assert by_class(wide, "k-dot")


def test_line__empty_still_has_its_axis() -> None:
    wide, _ = drawings(line(Line([], [], "Now"), label="x", show=euros))
    assert by_class(wide, "k-zero")
    assert not by_class(wide, "k-day")


def test_line__gap_is_not_drawn_over() -> None:
    wide, _ = drawings(line(sales(values=[1.0, None, 3.0], before=()), label="x", show=euros))
    assert not by_class(wide, "k-line")
    assert "–" in said(wide)


def test_line__below_nought_is_drawn_below_the_zero_line() -> None:
    wide, _ = drawings(line(sales(values=[-100.0, 50.0, 0.0], before=()), label="x", show=euros))
    zero = float(by_class(wide, "k-zero")[0].get("y1", ""))
    first = re.match(r"M[\d.]+ ([\d.]+)", by_class(wide, "k-line")[0].get("d", ""))
    assert first is not None
    assert float(first[1]) > zero


def test_bars__longest_fills_and_others_are_in_proportion() -> None:
    wide, _ = drawings(bars([Bar("Tea", 200), Bar("Cups", 50)], label="x", show=euros))
    widths = [float(node.get("width", "")) for node in by_class(wide, "k-bar")]
    assert widths[1] == pytest.approx(widths[0] / 4, rel=0.01)


def test_bars__period_before_is_hollow() -> None:
    wide, _ = drawings(bars([Bar("Tea", 100, before=200)], label="x", show=euros))
    assert float(by_class(wide, "k-bar2")[0].get("width", "")) > float(by_class(wide, "k-bar")[0].get("width", ""))


def test_bars__long_names_are_cut_and_kept_in_a_title() -> None:
    name = "A very long name of a category that nobody could ever read on a phone"
    _, narrow = drawings(bars([Bar(name, 1)], label="x", show=euros))
    text = next(narrow.iter("text"))
    assert (text.text or "").endswith("…")
    assert next(text.iter("title")).text == name


@pytest.mark.parametrize("value", [0.0, -5.0])
def test_bars__nothing_or_less_is_a_hair(value: float) -> None:
    wide, _ = drawings(bars([Bar("Tea", value)], label="x", show=euros))
    assert by_class(wide, "k-bar")[0].get("width") == "1"


def test_bars__empty() -> None:
    assert bars([], label="x", show=euros) == ""


@pytest.mark.parametrize(("share", "width"), [(0.5, "50"), (2, "100")])
def test_level__is_cut_at_the_whole(share: float, width: str) -> None:
    (svg,) = drawings(level(share))
    assert by_class(svg, "k-bar")[0].get("width") == width


def test_level__nothing_has_no_bar() -> None:
    (svg,) = drawings(level(0))
    assert not by_class(svg, "k-bar")


@given(st.lists(st.floats(min_value=1, max_value=1e6), min_size=1, max_size=14))
def test_squarify__areas_are_in_proportion_and_fill_the_box(sizes: list[float]) -> None:
    sizes = sorted(sizes, reverse=True)
    boxes = squarify(sizes, (0, 0, 880, 300))
    total = sum(sizes)
    for size, (x, y, width, height) in zip(sizes, boxes, strict=True):
        assert width * height == pytest.approx(size / total * 880 * 300, rel=1e-4, abs=1e-4)
        assert x >= -1e-6
        assert y >= -1e-6
        assert x + width <= 880 + 1e-3
        assert y + height <= 300 + 1e-3


def test_treemap__great_tiles_are_named_and_small_ones_have_a_title() -> None:
    tiles = [Tile("Champions", 99, 7, ("€9,900", "12 customers"), "all of it"), Tile("Lost", 0.2, 1, (), "the lost")]
    wide, _ = drawings(treemap(tiles, label="Segments"))
    assert said(wide) == ["Champions", "€9,900", "12 customers"]
    assert [node.text for node in wide.iter("title")] == ["all of it", "the lost"]


def test_treemap__a_tile_without_size_is_left_out() -> None:
    wide, _ = drawings(treemap([Tile("A", 1), Tile("B", 0), Tile("C", -1)], label="x"))
    assert said(wide) == ["A"]
    assert treemap([Tile("B", 0)], label="x") == ""


def test_treemap__links_can_be_reached() -> None:
    wide, _ = drawings(treemap([Tile("A", 1, href="?segment=a")], label="x"))
    assert next(wide.iter("a")).get("href") == "?segment=a"
    assert wide.get("role") == "group"


@pytest.mark.parametrize(
    ("value", "low", "high", "step"), [(0, 0, 10, 1), (10, 0, 10, 7), (5, 0, 10, 4), (3, 3, 3, 4), (99, 0, 10, 7)]
)
def test_shade__runs_from_one_to_seven(value: float, low: float, high: float, step: int) -> None:
    assert shade(value, low, high) == step


def test_heatmap__is_a_table_with_heads_and_a_caption() -> None:
    table = parse(
        heatmap(["R5", "R4"], ["F1", "F2"], [[1, 2], [None, 3]], caption="Customers", show=str, marked=(1, 1))
    )
    assert [node.text for node in table.iter("th")] == [None, "F1", "F2", "R5", "R4"]
    cells = list(table.iter("td"))
    assert [cell.text for cell in cells] == ["1", "2", "–", "3"]
    assert "s1" in (cells[0].get("class") or "").split()
    assert "s7" in (cells[3].get("class") or "").split()
    assert cells[3].get("aria-current") == "true"
    assert next(table.iter("caption")).text == "Customers"


def test_heatmap__all_empty() -> None:
    table = parse(heatmap(["R5"], ["F1"], [[None]], caption="x", show=str))
    assert [cell.text for cell in table.iter("td")] == ["–"]


def written_calibration(bins: list[Bin]) -> str:
    return calibration(bins, label="x", show=str, said="Said", happened="Happened", perfect="Perfect")


def test_calibration__perfect_bins_lie_on_the_dotted_line() -> None:
    (svg,) = drawings(written_calibration([Bin(0.25, 0.25, 10), Bin(0.75, 0.75, 40), Bin(0.9, 0.1, 0)]))
    dots = by_class(svg, "k-dot")
    assert len(dots) == 2
    assert [(dot.get("cx"), dot.get("cy")) for dot in dots] == [("123", "208"), ("273", "88")]
    assert float(dots[1].get("r", "")) > float(dots[0].get("r", ""))


def test_calibration__empty_and_single() -> None:
    assert written_calibration([]) == ""
    assert len(drawings(written_calibration([Bin(0.5, 0.5, 1)]))) == 1


def test_track__places_value_band_and_mark() -> None:
    (svg,) = drawings(track(0.62, low=0.54, high=0.70, usual=0.42, usual_name="usual 42%", label="62 percent"))
    band = by_class(svg, "k-band")[0]
    assert (band.get("x"), band.get("width")) == ("162", "48")
    assert by_class(svg, "k-bar")[0].get("x") == "184"
    assert by_class(svg, "k-note")[0].get("x1") == "126"


@pytest.mark.parametrize(("value", "x"), [(0.0, "0"), (1.0, "296")])
def test_track__ends_stay_inside(value: float, x: str) -> None:
    (svg,) = drawings(track(value, label="x"))
    assert by_class(svg, "k-bar")[0].get("x") == x
    assert not by_class(svg, "k-band")


def test_signed_bar__worse_is_right_and_better_is_left() -> None:
    (right,), (left,) = drawings(signed_bar(0.24, 0.24)), drawings(signed_bar(-0.12, 0.24))
    assert (by_class(right, "k-down")[0].get("x"), by_class(right, "k-down")[0].get("width")) == ("60", "58")
    assert (by_class(left, "k-up")[0].get("x"), by_class(left, "k-up")[0].get("width")) == ("31", "29")
    (none,) = drawings(signed_bar(0.0, 0.0))
    assert not by_class(none, "k-up")


def test_outlook__steps_then_dashes() -> None:
    first = date(2025, 1, 1)
    data = Outlook(
        [(first + timedelta(days=100 * n), 50.0 * (n + 1)) for n in range(4)],
        first + timedelta(days=330),
        [(30, 10.0), (365, 90.0)],
    )
    (svg,) = drawings(outlook(data, label="x", show=euros, day=str, now="Now"))
    assert by_class(svg, "k-next")
    assert "€290" in said(svg)
    assert "Now" in said(svg)


def test_outlook__one_order_without_expectation_and_none_at_all() -> None:
    day = date(2025, 1, 1)
    (svg,) = drawings(outlook(Outlook([(day, 20.0)], day, []), label="x", show=euros, day=str, now="Now"))
    assert not by_class(svg, "k-next")
    assert outlook(Outlook([], day, []), label="x", show=euros, day=str, now="Now") == ""


@pytest.mark.parametrize(
    "markup",
    [
        sparkline([1, 2], label=EVIL),
        line(Line([EVIL], [1.0], EVIL, [2.0], EVIL, [EVIL], [EVIL]), label=EVIL, show=lambda _: EVIL),
        bars([Bar(EVIL, 1, 2, EVIL)], label=EVIL, show=lambda _: EVIL),
        treemap([Tile(EVIL, 1, 3, (EVIL,), EVIL, EVIL)], label=EVIL),
        heatmap([EVIL], [EVIL], [[1]], caption=EVIL, show=lambda _: EVIL, corner=EVIL),
        calibration([Bin(0.5, 0.5, 1, EVIL)], label=EVIL, show=lambda _: EVIL, said=EVIL, happened=EVIL, perfect=EVIL),
        track(0.5, label=EVIL, usual=0.4, usual_name=EVIL),
    ],
)
def test_all__escape_what_they_are_given_and_carry_no_style(markup: str) -> None:
    assert "<img" not in markup
    assert "style=" not in markup
    parse(markup)
