"""From what was typed to what is read: one script, one width, one case, and which language it is."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

HAN = re.compile(r"[\u3400-\u9fff]")
_FOREIGN = re.compile(r"[\u0370-\u05ff\u0600-\u07ff\u0900-\u0e7f\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")
_WORD = re.compile(r"[a-zà-öø-ÿ']+")
# A small word that English has as well tells nothing by itself.
_BOTH = frozenset(
    "am an client clients de den die do hat i in la land le me no on per pour so un via war was we week".split()
)


# 未来 30 天 is written with blanks as often as without.
_AROUND_NUMBERS = re.compile(r"(?<=[\u3400-\u9fff]) (?=\d)|(?<=[\d%]) (?=[\u3400-\u9fff])")


@cache
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def normalise(text: str) -> str:
    """Text in one width, simplified script and lower case, with blanks folded.

    The length may change, so spans refer to the result.
    """
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    if HAN.search(text):
        text = _simplifier().convert(text)
    text = re.sub(r"\s+", " ", text).strip().casefold()
    return _AROUND_NUMBERS.sub("", text)


@cache
def _others() -> tuple[frozenset[str], frozenset[str]]:
    """Words of other languages in Latin script: those that tell by themselves, and all."""
    text = files("insights.assistant.language").joinpath("other.toml").read_text(encoding="utf-8")
    languages = tomllib.loads(text).values()
    tells = frozenset(word for language in languages for word in language["tells"])
    return tells, tells.union(*(language["words"] for language in languages))


def detect(text: str) -> str | None:
    """``"zh"``, ``"en"``, or None for a language that is not understood."""
    if _FOREIGN.search(text):
        return None
    if HAN.search(text):
        return "zh"
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))
    tells, others = _others()
    telling = sum(word in tells for word in words)
    foreign = sum(word in others and (telling > 0 or word not in _BOTH) for word in words)
    if (telling and foreign >= 0.5 * len(words)) or (foreign >= 3 and foreign >= 0.4 * len(words)):
        return None
    return "en"
