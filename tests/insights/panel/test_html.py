"""The check of the pages' HTML finds what it is there for."""

from __future__ import annotations

import pytest

from tests.insights.panel.html import faults


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ("<h1>A</h1>", "headings of the first rank"),
        ("<h3>A</h3>", "h3 under h1"),
        ("<p><span></p>", "closes"),
        ("<p>", "closes"),
        ('<p id="a"></p><p id="a"></p>', "is there 2 times"),
        ('<p style="color:red">A</p>', "style on"),
        ('<p onclick="go()">A</p>', "onclick"),
        ("<script>go()</script>", "a script in the page"),
        ('<input name="q">', "has no label"),
        ('<textarea name="q"></textarea>', "has no label"),
        ('<a href="/"></a>', "says nothing"),
        ('<button type="button"><svg aria-hidden="true"></svg></button>', "says nothing"),
        ('<img src="a.png">', "without alt"),
        ("<svg></svg>", "drawing without a label"),
        ("<nav></nav>", "without a name"),
        ('<p aria-describedby="b">A</p>', "leads to no b"),
        ('<form method="post"><button>Go</button></form>', "without its token"),
        ("<table><tr><th>A</th></tr></table>", "without scope"),
        ('<table><tr><th scope="col">A</th></tr><tr><td>1</td><td>2</td></tr></table>', "cells in one table"),
    ],
)
def test_faults__finds_it(wrong: str, word: str) -> None:
    page = f'<html><body><div class="ins"><h1>Title</h1>{wrong}</div></body></html>'
    assert any(word in fault for fault in faults(page)), faults(page)


def test_faults__of_a_good_page_there_are_none() -> None:
    page = '<html><body><div class="ins"><h1>Title</h1><label>Name <input name="q"></label></div></body></html>'
    assert faults(page) == []
