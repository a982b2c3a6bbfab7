"""What countries, regions and cities are called: shops store a code or a name, people say another."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any


def country_name(stored: str, language: str) -> str:
    """The name of a country in a language, from its ISO code or one of its names; what is unknown stays as it is."""
    code = _codes().get(stored.casefold())
    return _data()["countries"][code]["zh" if language.startswith("zh") else "en"][0] if code else stored


def other_names(kind: str, stored: str) -> list[str]:
    """What else people call a stored country, region or city, in both languages and without accents."""
    names = {_plain(stored)}
    if kind == "country":
        code = _codes().get(stored.casefold())
        if code:
            names |= {*_data()["countries"][code]["en"], *_data()["countries"][code]["zh"]}
    else:
        names |= {name for line in _lines().get(stored.casefold(), ()) for name in line}
    return sorted(names - {stored})


def spellings(stored: str) -> list[str]:
    """Every way to write the country that a code or a name stands for, itself first."""
    code = _codes().get(stored.casefold())
    if code is None:
        return [stored]
    names = _data()["countries"][code]
    return list(dict.fromkeys([stored, code, *names["en"], *names["zh"]]))


def country_code(name: str) -> str:
    """The ISO code of a country, from its code or one of its names; empty for what is none."""
    return _codes().get(name.casefold(), "")


def is_country(name: str) -> bool:
    """Whether a text is the code or a name of a country."""
    return name.casefold() in _codes()


def _plain(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for code, names in _data()["countries"].items():
        codes |= {name.casefold(): code for name in (code, *names["en"], *names["zh"])}
    return codes


@cache
def _lines() -> dict[str, list[list[str]]]:
    lines: dict[str, list[list[str]]] = {}
    for line in _data()["local"]["names"]:
        for name in line:
            lines.setdefault(name.casefold(), []).append(line)
    return lines


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("insights").joinpath("places.toml").read_text(encoding="utf-8"))
