"""From what was typed to what is read: one script, one width, one case, and which language it is."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

HAN = re.compile(r"[\u3400-\u9fff]")
_FOREIGN = re.compile(r"[\u0370-\u05ff\u0600-\u07ff\u0900-\u0e7f\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")
_WORD = re.compile(r"[a-zà-öø-ÿ']+")
# Common words of other languages in Latin script that English has not; three of them are no accident.
_OTHER = frozenset(
    "wie viele haben wir unsere letzten monat welche kunden umsatz und der die das ist im war nicht quel quels quelle "
    "combien avons nous le les des du dernier mois clients chiffre est sont dans et qui cuantos cuántos cuales cuáles "
    "los las del mes pasado clientes ventas qué que cómo como fueron en el por quanti quali il gli mese scorso clienti "
    "vendite quanto è sono di che quantos quais o os no mês passado vendas são hoeveel welke onze klanten vorige maand "
    "de het een van är vilka kunder månad hur många".split()
)
_BOTH = frozenset(["die", "war", "in", "no"])


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


def detect(text: str) -> str | None:
    """``"zh"``, ``"en"``, or None for a language that is not understood."""
    if _FOREIGN.search(text):
        return None
    if HAN.search(text):
        return "zh"
    words = _WORD.findall(text.casefold())
    foreign = sum(word in _OTHER and word not in _BOTH for word in words)
    if words and foreign >= 3 and foreign >= 0.4 * len(words):
        return None
    return "en"
