from __future__ import annotations

from xml.etree import ElementTree

import pytest

from shop_demo.art import PALETTES, SHAPES, VIEWS, draw


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("view", VIEWS)
def test_draw__every_shape_is_whole_and_in_its_colours(shape: str, view: str) -> None:
    drawn = draw({"shape": shape, "palette": "moss", "motif": "dots", "mark": "leaf", "liquor": "green"}, "T1", view)
    root = ElementTree.fromstring(drawn)
    assert root.tag.endswith("svg")
    assert "{" not in drawn
    assert PALETTES["moss"].body in drawn


def test_draw__the_same_code_always_looks_the_same_and_another_one_otherwise() -> None:
    assert draw({}, "T1") == draw({}, "T1")
    assert len({draw({}, f"T{number}") for number in range(30)}) > 10


def test_draw__what_is_unknown_is_chosen_and_never_written_into_the_picture() -> None:
    evil = "<script>"
    drawn = draw({"shape": evil, "palette": evil, "motif": evil, "mark": evil, "liquor": evil}, evil)
    assert evil not in drawn
    ElementTree.fromstring(drawn)
