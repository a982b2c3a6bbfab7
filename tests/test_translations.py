"""Nothing is left in one language only."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[1]
APPS = ("insights", "shop_demo")
_PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _messages(app: str) -> Path:
    return ROOT / app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize("app", APPS)
def test_all_is_translated(app: str) -> None:
    messages = polib.pofile(str(_messages(app)))
    assert [entry.msgid for entry in messages.untranslated_entries()] == []
    assert [entry.msgid for entry in messages.fuzzy_entries()] == []


@pytest.mark.parametrize("app", APPS)
def test_placeholders_are_kept(app: str) -> None:
    for entry in polib.pofile(str(_messages(app))):
        for said in [entry.msgstr, *entry.msgstr_plural.values()]:
            if said:
                assert set(_PLACE.findall(said)) <= set(_PLACE.findall(entry.msgid + entry.msgid_plural)), entry.msgid


@pytest.mark.parametrize("app", APPS)
def test_the_compiled_file_says_the_same(app: str) -> None:
    messages = polib.pofile(str(_messages(app)))
    compiled = {
        (entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural[0]
        for entry in polib.mofile(str(_messages(app).with_suffix(".mo")))
    }
    for entry in messages:
        assert compiled[entry.msgctxt, entry.msgid] == (entry.msgstr or entry.msgstr_plural[0]), entry.msgid


@pytest.mark.parametrize("app", APPS)
def test_every_text_of_the_templates_is_gathered(app: str) -> None:
    known = {entry.msgid for entry in polib.pofile(str(_messages(app)))}
    for path in (ROOT / app / "templates").rglob("*.html"):
        for text in re.findall(r"""{% translate "([^"]+)" """, path.read_text(encoding="utf-8")):
            assert {text, text.replace("%", "%%")} & known, f"{text} in {path.name}: run make messages"
