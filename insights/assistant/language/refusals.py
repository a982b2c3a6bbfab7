"""What is not done, and what cannot be known: decided before anything else of a question."""

from __future__ import annotations

import re
from datetime import date

from insights.assistant.language.said import conditions_of, measures
from insights.assistant.language.scan import Scan

_ORDERS_TO_CHANGE = re.compile(
    r"^(?:please |can you |could you |now )*(?:set|update|delete|remove|erase|cancel|edit|rename|approve|insert|wipe|reset|"
    r"change(?! (?:to|it|in|of|from|over)\b)|refund(?= (?:order|customer|the order))|drop(?= (?:the|all|table|database)\b))\b(?! of\b)"
    r"|(?:把|将).{0,30}(?:设为|设成|改成|改为|改到|删|取消|清空|更新|标记)"
)
_AMOUNT = r"(?:[£$€¥] ?)?\d[\d,.]*"
_SINGLE_ORDERS = re.compile(
    rf"\b(?:(?:biggest|largest|smallest|latest|newest|recent) (?:\d+ )?orders?|last (?:\d+ )?orders)\b(?! (?:value|date|count|by)\b)"
    rf"|\borders? (?:that (?:are|were) )?(?:over|above|under|below|worth|bigger than|larger than|(?:worth |of )?(?:more|less) than) {_AMOUNT}"
    r"|最(?:大|小|贵|新)的?[那一几]?\d*[笔单个]?的?订单(?![数量额最])"
    r"|(?:超过|大于|高于|低于|小于|不到)[\d,.]+(?:元|块|镑|英镑)?的订单|\d(?:元|块|镑|英镑)?以[上下]的订单"
)
# Figures are of what was sold; what was not is in no row of them.
_UNSOLD = re.compile(
    r"\b(?:products?|items?|teas?|goods)\b.*(?:(?:\bnobody\b|\bno one\b|\bnot\b|\bnever\b|n't\b).*\b(?:b[uo]y|bought|sold|sell|ordered)\b"
    r"|\b(?:no|without) (?:sales|orders)\b)|\bunsold\b"
)
_WANTS_SQL = re.compile(r"(?<![a-z])sql(?![a-z])")


def refusal(found: Scan, today: date) -> str | None:
    """Why a question is not answered, as a key of its sentence; None where it may be."""
    reasons = found.keys("refuse")
    if "sql" in reasons or _WANTS_SQL.search(found.text):
        return "sql"
    if "write" in reasons or _ORDERS_TO_CHANGE.search(found.text):
        return "write"
    for reason in ("secret", "contact", "write_mail", "outside"):
        if reason in reasons and not (reason == "outside" and measures(found) and "weather" not in found.text):
            return reason
    if _SINGLE_ORDERS.search(found.text) and not _of_people(found):
        return "single_orders"
    if _is_to_come(found, today, reasons):
        return "future"
    if "no_metric" in reasons or (_UNSOLD.search(found.text) and not _of_people(found)):
        return "no_metric"
    return "no_such_day" if found.impossible else None


def _of_people(found: Scan) -> bool:
    return bool(found.customer) or found.has("noun", "customer") or found.has("metric", "customers")


def _is_to_come(found: Scan, today: date, reasons: list[str]) -> bool:
    if "forecast" in reasons and (measures(found) or found.dates or found.has("verb", "sell")):
        return True
    predicted = any(key.startswith(("purchase", "churn")) for key in (*conditions_of(found), *found.keys("order_by")))
    # Who may buy next month is predicted, of every single customer.
    about_people = predicted or "value_365" in found.keys("order_by")
    later = any(item.days.start > today for item in found.dates)
    return later or (("future" in reasons or found.ahead) and not about_people)
