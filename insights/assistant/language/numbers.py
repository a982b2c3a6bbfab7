"""Numbers as people write them: 1,200 · 1.5k · twenty · 两百 · 3万 · 一千五 · 百分之二十."""

from __future__ import annotations

import re

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
WORDS = (*_UNITS, *_TENS, *_SCALES)
_WORDS = "|".join(WORDS)

EN_NUMBER = rf"(?:\d[\d,]*(?:\.\d+)?\s?(?:k|m)?\b|(?:half a|(?:a )?couple of|a dozen)|(?:{_WORDS})(?:[ -](?:and )?(?:{_WORDS}))*)"
ZH_NUMBER = r"(?:\d[\d,]*(?:\.\d+)?[万千百亿k]?|[零〇一二两三四五六七八九十百千万亿半俩]+)"


def read_number(text: str) -> float | None:
    """The value of a number cut out of a question, or None when it is none."""
    text = text.strip().casefold()
    match = re.fullmatch(r"(\d[\d,]*(?:\.\d+)?)\s?([km])?", text)
    if match:
        return float(match[1].replace(",", "")) * {"k": 1e3, "m": 1e6, None: 1}[match[2]]
    fixed = {"half a": 0.5, "a couple of": 2.0, "couple of": 2.0, "a dozen": 12.0, "半": 0.5, "俩": 2.0}.get(text)
    if fixed is not None:
        return fixed
    return _read_words(text) if text.isascii() else _read_chinese(text)


def _read_words(text: str) -> float | None:
    total = part = 0
    for word in re.split(r"[ -]+", text):
        if word == "and":
            continue
        if word in _UNITS or word in _TENS:
            part += _UNITS.get(word, 0) or _TENS.get(word, 0)
        elif word in _SCALES:
            part = max(part, 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, part = total + part, 0
        else:
            return None
    return float(total + part)


def _read_chinese(text: str) -> float | None:
    import cn2an

    match = re.fullmatch(r"(\d[\d,]*(?:\.\d+)?)([万千百亿])", text)
    if match:
        return float(match[1].replace(",", "")) * {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}[match[2]]
    try:
        return float(cn2an.cn2an(text, "normal"))
    except (ValueError, KeyError):
        return None
