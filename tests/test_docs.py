"""Documentation cannot rot: whatever a user can name is in ``docs/``."""

from __future__ import annotations

import ast
import re
import shlex
import textwrap
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import insights
from insights import conf

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def settings_keys(cls: type) -> list[str]:
    keys = []
    for field in fields(cls):
        keys.append(field.name)
        if field.default_factory is not None and is_dataclass(field.default_factory):
            keys += settings_keys(field.default_factory)  # type: ignore[arg-type]
    return keys


@pytest.mark.parametrize("key", settings_keys(conf.Settings))
def test_settings__are_documented(key: str) -> None:
    assert f"`{key}`" in page("settings") or f'"{key}"' in page("settings")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "insights" / "management" / "commands").glob("[a-z]*.py")), ids=lambda p: p.stem
)
def test_commands__are_documented(path: Path) -> None:
    assert f"manage.py {path.stem}" in page("commands")


def test_tags__are_documented() -> None:
    from insights.templatetags.insights import register

    for tag in register.tags:
        assert f"{{% {tag}" in page("widgets"), tag


def test_widget_types__are_documented() -> None:
    from insights.serving import TYPES

    for kind in TYPES:
        assert f"`{kind}`" in page("widgets"), kind


def test_metrics_and_dimensions__are_documented() -> None:
    from insights.analytics import DIMENSIONS, METRICS

    for key in (*METRICS, *DIMENSIONS):
        assert f"`{key}`" in page("metrics"), key


def test_routes__are_documented() -> None:
    from insights.api import urls

    for pattern in urls.urlpatterns:
        assert f"`{pattern.pattern}`" in page("api"), pattern.pattern


def test_tools__are_documented() -> None:
    from insights.assistant.tools import TOOLS

    for tool in TOOLS:
        assert f"`{tool.name}`" in page("assistant"), tool.name


def test_rules__are_documented() -> None:
    from insights.cleaning import RULES

    for rule in RULES:
        assert f"`{rule.key}`" in page("cleaning"), rule.key


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda p: str(p.relative_to(ROOT))
)
def test_links__lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{target} in {path.name}"


def snippets(language: str) -> list[Any]:
    """The indented blocks of the documentation that are commands, or Python."""
    found = []
    for path in sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")]):
        for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", path.read_text(encoding="utf-8"), re.MULTILINE):
            parts = re.split(r"\n\n(?=pip |python |celery |make |INSIGHTS = )", textwrap.dedent(block.strip("\n")))
            for text in parts:
                is_python = re.match(r"(import |from |class |INSIGHTS = )", text) is not None
                if (language == "python") is is_python:
                    found.append(pytest.param(text, id=f"{path.stem}:{text.splitlines()[0][:40]}"))
    return found


COMMANDS = [
    (name, arguments)
    for text in (snippet.values[0] for snippet in snippets("shell"))
    for name, arguments in re.findall(r"(?:^|\s)python manage\.py (insights_\w+|shop_\w+)([^\n&|#]*)", str(text))
]


@pytest.mark.parametrize(("name", "arguments"), COMMANDS)
def test_commands__of_the_pages_are_understood(name: str, arguments: str) -> None:
    """Each is parsed by the command itself, so that an option that is no more is found."""
    from django.core.management import get_commands, load_command_class

    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(shlex.split(arguments.replace("…", "x")))


@pytest.mark.parametrize("text", snippets("python"))
def test_python__of_the_pages_can_be_read(text: str) -> None:
    compile(text.replace("…,", "").replace(", …", ""), "snippet", "exec")


@pytest.mark.parametrize(
    "text", [snippet for snippet in snippets("python") if "INSIGHTS = {" in str(snippet.values[0])]
)
def test_settings__of_the_pages_are_valid(text: str) -> None:
    (said,) = re.findall(r"^INSIGHTS = (\{.*\})", text, re.MULTILINE)[:1]
    conf.load(ast.literal_eval(said.replace(", …", "")))


def test_adapter__of_the_pages_has_fields_that_are_there() -> None:
    from insights.sources import Adapter

    texts = [str(snippet.values[0]) for snippet in snippets("python") if "insights.Adapter" in str(snippet.values[0])]
    assert len(texts) >= 2
    for text in texts:
        names: dict[str, Any] = {"insights": insights}
        exec(text, names)
        (adapter,) = (made for made in names.values() if isinstance(made, type) and issubclass(made, Adapter))
        assert adapter.strays == ()
        assert [item.strays for item in adapter.declarations.values()] == [()] * len(adapter.declarations)
