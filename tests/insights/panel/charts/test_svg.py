from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from insights.panel.charts.svg import compact, drawing, element, join, path, text_width, words

EVIL = "<script>alert('x')</script> & \"more\""


def test_element__escapes_text_and_attributes() -> None:
    markup = element("text", EVIL, class_=EVIL, x=1.26)
    assert "<script" not in markup
    root = ElementTree.fromstring(markup)
    assert root.text == EVIL
    assert root.get("class") == EVIL
    assert root.get("x") == "1.3"


def test_element__markup_of_ours_is_not_escaped_twice() -> None:
    markup = element("g", element("title", "a & b"))
    assert markup == "<g><title>a &amp; b</title></g>"


def test_element__attribute_is_escaped_even_when_marked_safe() -> None:
    assert 'aria-label="&lt;b&gt;"' in element("svg", aria_label=element("b").replace("/", ""))


def test_element__leaves_out_what_is_none() -> None:
    assert element("rect", None, width=0, height=None, hidden=False) == '<rect width="0"/>'


def test_join__escapes_plain_text() -> None:
    assert join("a<b", element("br"), None) == "a&lt;b<br/>"


def test_drawing__without_label_is_decoration() -> None:
    root = ElementTree.fromstring(drawing(10, 20))
    assert root.get("aria-hidden") == "true"
    assert root.get("role") is None
    labelled = ElementTree.fromstring(drawing(10, 20, label="Sales"))
    assert (labelled.get("role"), labelled.get("aria-label"), labelled.get("aria-hidden")) == ("img", "Sales", None)


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (1.25, "1.2"), (-0.01, "0"), (-3.96, "-4"), (12, "12")])
def test_compact__writes_a_tenth(value: float, written: str) -> None:
    assert compact(value) == written


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_compact__refuses_what_cannot_be_drawn(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        compact(value)


def test_path__joins_points() -> None:
    assert path([(0, 0), (10.04, 5)]) == "M0 0 L10 5"
    assert path([]) == ""


def test_text_width__chinese_is_wider() -> None:
    assert text_width("忠诚", 10) == 20
    assert text_width("ab", 10) < 20


def test_words__places_text() -> None:
    assert words("5", 1, 2, "k-end") == '<text class="k-end" x="1" y="2">5</text>'
