"""Conditions on customers that carry a number: spend, orders, days since the last one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from insights.assistant.language.numbers import EN_NUMBER, ZH_NUMBER, read_number

Made = tuple[str, str, Any]
_MORE = r"(?P<more>more than|over|above|greater than|exceeding|at least|no less than|minimum of|min)"
_LESS = r"(?P<less>less than|under|below|fewer than|at most|no more than|up to|max)"
_ZMORE = r"(?P<more>超过|大于|多于|高于|至少|不少于|不低于|满)"
_ZLESS = r"(?P<less>少于|小于|低于|不到|至多|不超过|不足)"
_MONEY = r"(?P<currency>[£$€¥]|gbp|usd|eur|cny)?\s?"
_AFTER = r"(?: ?(?P<coin>pounds?|quid|dollars?|euros?|yuan|rmb|gbp|usd|eur|cny)\b)?"
_ZAFTER = r"(?P<coin>元|块钱|块|英镑|镑|欧元|美元|人民币)?"
_NOT = r"(?:not|never|haven't|hasn't|have not|has not|didn't|did not|without|no)"
_BOUGHT = r"(?:order(?:ed|ing|s)?|bought|buy(?:ing)?|purchas(?:ed|e|es|ing)|shopp?(?:ed)?|been back|been seen|seen|been here|come back|returned|visited)"
_ZBOUGHT = r"(?:下单|下过单|购买|买过|买东西|买|回购|复购|来过|来|消费|光顾)"
_ZSPEND = r"(?:累计)?(?:消费|花费|花)(?:了|过|金额|额)?(?:在)?"
_UNIT_DAYS = {
    "day": 1, "week": 7, "month": 30, "year": 365, "天": 1, "日": 1, "周": 7, "星期": 7, "个月": 30, "月": 30, "年": 365,
}  # fmt: skip
_STRICT = frozenset(
    "more than over above greater exceeding 超过 大于 多于 高于 less under below fewer 少于 小于 低于 不到 不足".split()
)
_COINS = {
    "£": "GBP", "$": "USD", "€": "EUR", "pound": "GBP", "quid": "GBP", "dollar": "USD", "euro": "EUR", "yuan": "CNY", "rmb": "CNY",
    "gbp": "GBP", "usd": "USD", "eur": "EUR", "cny": "CNY", "¥": "", "元": "", "块钱": "", "块": "", "英镑": "GBP", "镑": "GBP",
    "欧元": "EUR", "美元": "USD", "人民币": "CNY",
}  # fmt: skip
"""Currencies by what they are called; 元 and ¥ stand for the shop's own."""


@dataclass(frozen=True)
class NumberCondition:
    """``field op value`` read at ``span`` of the text; ``currency`` is an ISO code where one was named."""

    span: tuple[int, int]
    field: str
    op: str
    value: Any
    currency: str = ""


def find_conditions(text: str) -> list[NumberCondition]:
    """All conditions with a number in a normalised text, not overlapping."""
    found: list[NumberCondition] = []
    for pattern, make in _RULES:
        for match in pattern.finditer(text):
            if any(match.start() < item.span[1] and item.span[0] < match.end() for item in found):
                continue
            made = make(match)
            if made is not None:
                field, op, value = made
                found.append(NumberCondition(match.span(), field, op, value, _currency(match)))
    return sorted(found, key=lambda item: item.span)


def _currency(match: re.Match[str]) -> str:
    named = match.groupdict()
    word = named.get("currency") or named.get("coin") or ""
    return _COINS.get(word) or _COINS.get(word.rstrip("s"), "")


def _op(match: re.Match[str]) -> str:
    named = match.groupdict()
    word = named.get("more") or named.get("less") or ""
    # "3 or more" holds for three, and "more than 3" does not.
    strict = word.split(" ")[0] in _STRICT and not word.startswith("no ") and word not in ("more", "less", "fewer")
    if named.get("less"):
        return "lt" if strict else "lte"
    if named.get("more") and strict:
        return "gt"
    return "gte"


def _compared(field: str) -> Callable[[re.Match[str]], Made | None]:
    def make(match: re.Match[str]) -> Made | None:
        value = read_number(match["n"])
        return None if value is None else (field, _op(match), value)

    return make


def _exactly(field: str) -> Callable[[re.Match[str]], Made | None]:
    def make(match: re.Match[str]) -> Made | None:
        value = read_number(match["n"])
        return None if value is None else (field, "eq", value)

    return make


def _from_to(field: str) -> Callable[[re.Match[str]], Made | None]:
    def make(match: re.Match[str]) -> Made | None:
        first, last = read_number(match["n"]), read_number(match["to"])
        if first is None or last is None:
            return None
        return field, "between", sorted([first, last])

    return make


def _fixed(field: str, op: str, value: float) -> Callable[[re.Match[str]], Made]:
    return lambda match: (field, op, value)


def _silence(match: re.Match[str]) -> Made | None:
    """ "Not in the last 30 days" leaves today and 29 days before without an order: 30 days have passed, or more."""
    text = match.groupdict().get("n")
    count = read_number(text) if text else 1.0
    if count is None:
        return None
    longer = match.groupdict().get("more")
    return "recency_days", "gt" if longer and _op(match) == "gt" else "gte", int(count * _UNIT_DAYS[match["unit"]])


def _share(field: str) -> Callable[[re.Match[str]], Made | None]:
    def make(match: re.Match[str]) -> Made | None:
        value = read_number(match["n"])
        return None if value is None else (field, _op(match), value / 100)

    return make


def _rule(pattern: str, make: Callable[..., Any]) -> tuple[re.Pattern[str], Callable[..., Any]]:
    return re.compile(pattern), make


_UNIT = r"(?P<unit>day|week|month|year)s?\b"
_ZUNIT = r"(?P<unit>天|日|周|星期|个月|月|年)"
_LONGER = r"(?P<more>more than|over|at least)"
_ZLONGER = r"(?P<more>超过|至少)"
_ORDERS = r"(?:orders?|times|purchases)\b"
_RULES = [
    _rule(rf"\b{_NOT} (?:yet )?(?:been )?{_BOUGHT}(?: again| anything| a thing)?(?: \w+)? (?:in|for|since|within|during)(?: the)?(?: (?:last|past))?(?: {_LONGER})? (?:(?P<n>{EN_NUMBER}) )?{_UNIT}(?! \d)", _silence),
    _rule(rf"\blast (?:order|purchase)(?:ed|d)?(?: was| is)?(?: {_LONGER})? ?(?P<n>{EN_NUMBER}) {_UNIT}(?: ago)?", _silence),
    _rule(rf"\b(?:inactive|silent|away|quiet|gone) (?:for )?(?:{_LONGER} )?(?P<n>{EN_NUMBER}) {_UNIT}", _silence),
    _rule(rf"(?:最近|过去|近)?{_ZLONGER}?(?P<n>{ZH_NUMBER})个?{_ZUNIT}(?:以上|之内|内|里|多)?(?:都)?(?:没有|没|未|不)(?:再)?{_ZBOUGHT}(?:过)?", _silence),
    _rule(rf"(?:spen[dt]|spending|paid|worth|spend of)(?: (?!between)\w+)? between {_MONEY}(?P<n>{EN_NUMBER})(?: (?:pounds|euros|dollars))? and [£$€¥]?\s?(?P<to>{EN_NUMBER}){_AFTER}", _from_to("spend")),
    _rule(rf"(?:spen[dt]|spending|paid|worth|revenue)(?: (?!more|less|over|under)\w+)? (?:{_MORE}|{_LESS}) {_MONEY}(?P<n>{EN_NUMBER}){_AFTER}(?! (?:day|week|month|year|quarter)s?\b)", _compared("spend")),
    _rule(rf"(?:spen[dt]|paid) {_MONEY}(?P<n>{EN_NUMBER}){_AFTER} or (?:(?P<more>more)|(?P<less>less))", _compared("spend")),
    _rule(rf"(?:{_MORE}|{_LESS}) {_MONEY}(?P<n>{EN_NUMBER}){_AFTER} (?:of |in )?(?:spend|spending|spent|revenue)\b", _compared("spend")),
    _rule(rf"(?:{_MORE}|{_LESS}) (?P<currency>[£$€¥])\s?(?P<n>{EN_NUMBER})", _compared("spend")),
    _rule(rf"{_ZSPEND}{_MONEY}(?P<n>{ZH_NUMBER})(?:元|块|镑)?(?:到|至|-|~)(?P<to>{ZH_NUMBER}){_ZAFTER}(?:之间)?", _from_to("spend")),
    _rule(rf"{_ZSPEND}(?:{_ZMORE}|{_ZLESS}){_MONEY}(?P<n>{ZH_NUMBER}){_ZAFTER}", _compared("spend")),
    _rule(rf"{_ZSPEND}{_MONEY}(?P<n>{ZH_NUMBER}){_ZAFTER}(?:以上)", _compared("spend")),
    _rule(rf"{_ZSPEND}{_MONEY}(?P<n>{ZH_NUMBER}){_ZAFTER}(?P<less>以下|以内)", _compared("spend")),
    _rule(rf"\b(?:between )?(?P<n>{EN_NUMBER}) (?:and|to) (?P<to>{EN_NUMBER}) {_ORDERS}", _from_to("orders")),
    _rule(rf"(?:(?:{_MORE}|{_LESS}) )(?P<n>{EN_NUMBER}) {_ORDERS}", _compared("orders")),
    _rule(rf"(?P<n>{EN_NUMBER}) {_ORDERS} or (?:(?P<more>more)|(?P<less>less|fewer))\b", _compared("orders")),
    _rule(rf"(?P<n>{EN_NUMBER}) (?:{_ORDERS} )?or (?:(?P<more>more)|(?P<less>less|fewer))(?: {_ORDERS})(?:)?|\b(?:ordered|bought) (?P<n2>{EN_NUMBER}) times or more\b", lambda match: _compared("orders")(match) if match["n"] else ("orders", "gte", read_number(match["n2"]))),
    _rule(r"\b(?:only|just|exactly) (?:one|1) (?:order|purchase)\b|\b(?:bought|ordered|purchased) (?:only |just |exactly )?once\b|\bone[- ]time (?:customer|buyer|shopper)s?", _fixed("orders", "eq", 1)),
    _rule(rf"\b(?:exactly|only|just) (?P<n>{EN_NUMBER}) {_ORDERS}", _exactly("orders")),
    _rule(r"\b(?:bought|ordered|purchased) (?:at least )?twice\b", _fixed("orders", "gte", 2)),
    _rule(rf"\b(?:with|have|has) {_NOT} orders?\b|\b(?:never|not yet) (?:ordered|bought|purchased)(?: anything| a thing)?(?=$|[?.!,]| from us)", _fixed("orders", "eq", 0)),
    _rule(rf"(?:下单|购买|买|复购|消费|订单数?)(?:了|过)?(?:{_ZMORE}|{_ZLESS})(?P<n>{ZH_NUMBER})(?:次|单|笔|个)?(?:以上)?", _compared("orders")),
    _rule(rf"(?:下单|购买|买|复购|下)(?:了|过)?(?P<n>{ZH_NUMBER})(?:次|单|笔)(?:以上|及以上)", _compared("orders")),
    _rule(rf"(?<!只)(?:下单|购买|买|复购)(?:了|过)(?P<n>{ZH_NUMBER})(?:次|单|笔)(?!以下)", _compared("orders")),
    _rule(rf"(?:{_ZMORE}|{_ZLESS})(?P<n>{ZH_NUMBER})(?:次|单|笔)(?:订单|购买|下单)?", _compared("orders")),
    _rule(r"只(?:买|下|购买)过?(?:了)?(?:一|1)(?:次|单)", _fixed("orders", "eq", 1)),
    _rule(rf"(?:正好|恰好|只|刚好)(?:买|下单|下|购买)过?了?(?P<n>{ZH_NUMBER})(?:次|单|笔)", _exactly("orders")),
    _rule(r"(?:从未|从没|从来没有?|没有?)(?:下过单|买过东西|下过订单|购买过任何东西)", _fixed("orders", "eq", 0)),
    _rule(r"一(?:次|单|件|笔)(?:东西)?(?:都|也)?(?:没有?|未)(?:买|下|购买|消费)(?:过|单)*", _fixed("orders", "eq", 0)),
    _rule(rf"(?:churn|leaving|leave)(?: \w+){{0,3}} (?:{_MORE}|{_LESS}) (?P<n>{EN_NUMBER}) ?(?:%|percent)", _share("churn_probability")),
    _rule(rf"(?:buy|buying|purchase|purchasing|order)(?: \w+){{0,3}} (?:{_MORE}|{_LESS}) (?P<n>{EN_NUMBER}) ?(?:%|percent)", _share("purchase_probability")),
    _rule(rf"流失(?:概率|风险|可能性)(?:{_ZMORE}|{_ZLESS})(?:百分之)?(?P<n>{ZH_NUMBER})%?", _share("churn_probability")),
    _rule(rf"购买(?:概率|意向|可能性)(?:{_ZMORE}|{_ZLESS})(?:百分之)?(?P<n>{ZH_NUMBER})%?", _share("purchase_probability")),
]  # fmt: skip
