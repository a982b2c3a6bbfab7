from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db

LINE = '203.0.113.7 - - [02/Mar/2026:13:00:00 +0000] "GET {} HTTP/1.1" 200 512 "-" "{}"\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(
        LINE.format("/a?find=tea", "Firefox") + LINE.format("/a.css", "Firefox") + LINE.format("/b", "curl/8")
    )
    return path


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("insights_access_log", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_access_log__prints_one_object(log: Path) -> None:
    said = json.loads(run(log, "--search-parameter", "find", "--json"))
    assert (said["log_format"], said["lines"], said["created"], said["left_out"]) == ("combined", 3, 3, {"asset": 1})
    assert said["cleaning"] == {"bot": 1}


def test_access_log__says_what_became_of_the_lines(log: Path) -> None:
    text = run(log, "--ignore", "/b")
    assert "2  no pages: scripts, pictures, ignored paths" in text
    assert "3 lines (combined): 1 new events" in text
    assert run(log, "--ignore", "/b") == "Nothing new: the log was read to its end before, or is empty.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--log-format", "combine"], "Did you mean “combined”"),
        (["--since", "yesterday"], "YYYY-MM-DD"),
        (["--channel", "two words"], "cannot be a channel"),
    ],
)
def test_access_log__errors_say_what_to_do(log: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(log, *arguments)
