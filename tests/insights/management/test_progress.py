from __future__ import annotations

from io import StringIO

import pytest

from insights.management.progress import ProgressBar, said


class Screen(StringIO):
    def __init__(self, *, looked_at: bool) -> None:
        super().__init__()
        self.looked_at = looked_at

    def isatty(self) -> bool:
        return self.looked_at

    def write(self, msg: str, ending: str = "\n") -> int:
        return super().write(msg + ending)


@pytest.mark.parametrize(
    ("done", "share", "seconds", "line"),
    [
        (500, None, 2.0, "  500 rows, 250 a second"),
        (1_000, 0.25, 10.0, f"  {'█' * 6}{'░' * 18}  25%  1,000 rows, 100 a second, 0:30 left"),
        (0, 0.0, 0.0, f"  {'░' * 24}   0%  0 rows, 0 a second, 0:00 left"),
        (9, 1.0, 9.0, f"  {'█' * 24} 100%  9 rows, 1 a second, 0:00 left"),
    ],
)
def test_said(done: int, share: float | None, seconds: float, line: str) -> None:
    assert said(done, share, seconds) == line


def test_progress_bar__one_line_that_goes_away() -> None:
    screen = Screen(looked_at=True)
    bar = ProgressBar(screen)
    for done in range(1, 200):
        bar(done, done / 200)
    bar(200, 1.0)
    bar.close()
    drawn = screen.getvalue().split("\r\x1b[2K")[1:]
    assert 2 <= len(drawn) < 10
    assert "200 rows" in drawn[-2]
    assert drawn[-1] == ""
    assert "\n" not in screen.getvalue()


def test_progress_bar__silent_where_nobody_looks() -> None:
    screen = Screen(looked_at=False)
    bar = ProgressBar(screen)
    bar(1, 1.0)
    bar.close()
    assert screen.getvalue() == ""
