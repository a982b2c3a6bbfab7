"""From the parts of a question to one call of a tool.

The order of the decisions matters: what must not be done comes first, then what is asked about one
person or one product, then lists of customers, then figures. A question that leans on the one
before ("and by country?") takes over what it does not say itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from insights.assistant.language.calendar import Days, last_days
from insights.assistant.language.customers import customers, customers_by, unread_conditions, wants_customers
from insights.assistant.language.figures import figures
from insights.assistant.language.follow_up import asks_why, follow_up, leans_back, names_figures_alone, of_a_person, why
from insights.assistant.language.lexicon import base_lexicon
from insights.assistant.language.names import take_name
from insights.assistant.language.near import asked_otherwise
from insights.assistant.language.periods import as_range, asked, sides
from insights.assistant.language.reading import Reading
from insights.assistant.language.refusals import refusal
from insights.assistant.language.said import (
    call,
    conditions_of,
    has_condition,
    has_segment,
    measures,
    rivals,
)
from insights.assistant.language.scan import Scan, scan, values_of_the_shop
from insights.assistant.language.text import detect

_BEST = re.compile(r"\b(?:best|top|favou?rite)\b|最(?:好|佳|棒|优质|牛)|前[一二两三四五六七八九十\d]+")


def read(
    question: str,
    *,
    today: date,
    values: Mapping[str, Iterable[str]],
    language: str | None = None,
    previous: Reading | None = None,
    week_start: str = "monday",
) -> Reading:
    """Understand a question.

    Args:
        question: as it was typed.
        today: the shop's day, from which "last month" is counted.
        values: the shop's own names, by dimension (countries, categories, products); a mapping gives to each
            name what it is called besides.
        language: of the answer; by default the language of the question.
        previous: what the question before was understood as, for follow-ups.
        week_start: ``"monday"`` or ``"sunday"``.
    """
    spoken = detect(question)
    if spoken is None:
        return Reading("refuse", {"reason": "language"}, language or "en")
    lexicon = base_lexicon().extended(values_of_the_shop(values))
    found = scan(question, lexicon, today, language or spoken, week_start)
    reading = _decide(found, today, previous)
    if instead := _meant_perhaps(question, found, reading, values):
        return call(found, "refuse", reason="not_understood", words=found.unused, instead=instead)
    notes = [*reading.notes]
    notes += [("corrected", {"typed": typed, "read": meant}) for typed, meant in found.corrected]
    if reading.tool in ("query_metrics", "find_customers"):
        notes += [
            ("several", {"said": span.text, "count": len(span.all("value"))})
            for span in found.spans
            if len(span.all("value")) > 1 and all(meaning.key == "product" for meaning in span.all("value"))
        ]
    if found.unused and reading.tool not in ("refuse", "clarify"):
        notes.append(("unused", {"words": list(dict.fromkeys(found.unused))}))
    return replace(reading, notes=notes)


def _meant_perhaps(question: str, found: Scan, reading: Reading, values: Mapping[str, Iterable[str]]) -> list[str]:
    """How the question may have been meant, where the shop has something that an unread word is a part of.

    A figure of everything would then be the wrong one.
    """
    understood = reading.tool in ("query_metrics", "find_customers", "why_did_it_change")
    if understood or reading.arguments.get("reason") == "not_understood":
        return asked_otherwise(question, found.unused, values)
    return []


def _decide(found: Scan, today: date, previous: Reading | None) -> Reading:
    if not re.search(r"\w", found.text):
        return call(found, "refuse", reason="empty")
    reason = refusal(found, today)
    if reason:
        return call(found, "refuse", reason=reason, words=found.impossible or found.unused)
    if previous is not None and asks_why(found) and "time_range" in previous.arguments.get("query", {}):
        return why(found, previous)
    found.customer = found.customer or take_name(found) or of_a_person(found, previous)
    for attempt in (_define, _about_product, _about_customer, _popular, _why_changed):
        reading = attempt(found, today)
        if reading:
            return reading
    if previous is not None and (leans_back(found) or _counts_again(found, previous) or _of_the_same(found, previous)):
        return follow_up(found, today, previous)
    if open_question := _open_question(found):
        return call(found, "clarify", question=open_question)
    if grouped := customers_by(found, today):
        return grouped
    if missed := unread_conditions(found):
        return call(found, "refuse", reason="not_understood", words=missed)
    if wants_customers(found):
        return customers(found, today)
    if _says_enough(found):
        return figures(found, today)
    if found.has("intent", "help"):
        return call(found, "refuse", reason="help")
    if previous is not None and (found.dates or found.values()):
        return follow_up(found, today, previous)
    if found.dates and not found.unused:
        return call(found, "clarify", question="performance")
    return call(found, "refuse", reason="not_understood", words=found.unused)


def _says_enough(found: Scan) -> bool:
    """Whether a figure is named, or so much else that it is clear which one is meant."""
    if measures(found) or has_condition(found) or found.has("verb", "sell", "refund") or rivals(found):
        return True
    if found.unused and not found.all("noun"):
        return False
    asks = (
        found.has("intent", "count", "list", "amount")
        or found.dates
        or found.values()
        or found.has("word", "top", "bottom")
    )
    return bool(
        found.all("dimension")
        or found.all("order_by")
        or found.has("word", "bestseller", "slow_seller")
        or (found.all("noun") and asks)
    )


def _open_question(found: Scan) -> str | None:
    """What is to be asked back, where the readings would give different answers."""
    if _asks_for_the_best(found):
        return "best_customers"
    named = found.keys("ask_back")
    return named[0] if named and not found.all("order_by") and not measures(found) else None


def _asks_for_the_best(found: Scan) -> bool:
    """Whether customers are to be ranked and nothing says by what: "my top 3 customers", 我最好的3个客户."""
    named = found.has("noun", "customer") or found.has("metric", "customers")
    return (
        named
        and _BEST.search(found.text) is not None
        and not (has_condition(found) or set(found.keys("dimension")) - {"customer"} or found.has("noun", "product"))
        and not (set(measures(found)) - {"customers"} or found.all("grain") or found.all("order_by"))
        and not (found.has("word", "by") or found.has("intent", "count", "share", "trend"))
    )


def _counts_again(found: Scan, previous: Reading) -> bool:
    """ "How many are there?" after a list of customers."""
    there = re.search(
        r"\bhow many (?:are (?:there|they|those)|of (?:them|those))\b|^(?:一共|总共)?(?:有)?(?:多少|几)(?:个|位|人)?(?:人)?\W*$",
        found.text,
    )
    return previous.tool == "find_customers" and bool(there)


def _of_the_same(found: Scan, previous: Reading) -> bool:
    """Another figure, and nothing else, after figures: "Orders?" after the revenue of March."""
    return previous.tool in ("query_metrics", "why_did_it_change") and names_figures_alone(found)


# --- words, products and persons ----------------------------------------------------------------


def _define(found: Scan, today: date) -> Reading | None:
    if found.dates or found.customer or found.values():
        return None
    terms = _terms(found)
    if not terms:
        return None
    if found.has("intent", "difference") and len(terms) > 1 and not found.unused:
        kind, key = terms[0]
        return call(found, "define", kind=kind, key=key, beside=[other for same, other in terms[1:] if same == kind])
    asked = found.has("intent", "define") and (
        found.language == "zh" or found.has("intent", "defined") or _direct(found)
    )
    if not asked and not _is_bare(found):
        return None
    kind, key = next((term for term in terms if term[0] in ("segment", "rfm_type")), terms[0])
    return call(found, "define", kind=kind, key=key)


def _terms(found: Scan) -> list[tuple[str, str]]:
    terms = [("metric", key) for key in measures(found)] + [("dimension", key) for key in found.keys("dimension")]
    return (
        terms
        + [
            (kind, key)
            for kind, key in (condition.split(":", 1) for condition in conditions_of(found))
            if kind in ("segment", "rfm_type") and "," not in key
        ]
        + [("metric", "churn_risk") for condition in conditions_of(found) if condition == "churn_band:high"]
    )


def _direct(found: Scan) -> bool:
    return any(span.text.startswith(("define", "definition", "meaning", "how do you")) for span in found.spans)


def _is_bare(found: Scan) -> bool:
    """Whether it asks what a thing is, and not how much of it the shop has: "what is AOV?", 什么是客单价"""
    bare = r"(?:what(?:'s| is| are| does)?(?: an?)? \x00+\W*|什么是\x00+\W*|\x00+是(?:什么|啥)\W*)"
    text = list(found.text)
    for span in found.spans:
        if span.get("metric") or span.get("dimension") or span.get("condition"):
            text[span.start : span.end] = "\0" * (span.end - span.start)
    return re.fullmatch(bare, "".join(text)) is not None


def _about_product(found: Scan, today: date) -> Reading | None:
    products = [meaning.value for meaning in found.values() if meaning.key == "product"]
    product = products[0] if products else (found.quoted[0] if found.quoted else None)
    if product is None or found.customer:
        return None
    if found.has("intent", "together"):
        return call(found, "recommend", product=product, type="bought_together", limit=found.count or 8)
    if found.has("intent", "similar") or found.has("intent", "recommend"):
        return call(found, "recommend", product=product, type="similar", limit=found.count or 8)
    return None


def _about_customer(found: Scan, today: date) -> Reading | None:
    if not found.customer:
        return None
    if found.has("intent", "recommend") or re.search(r"\blike\W*$", found.text):
        return call(found, "recommend", customer=found.customer, type="for_you", limit=found.count or 8)
    if found.has("intent", "why"):
        leaves = any(key.startswith("churn") for key in conditions_of(found)) or found.has("metric", "churn_risk")
        buys = (
            found.has("condition", "purchase:likely")
            or found.has("metric", "purchase_probability")
            or found.has("word", "ordered")
        )
        what = (
            "churn"
            if leaves or not (buys or has_segment(found) or found.has("dimension", "segment"))
            else "purchase"
            if buys
            else "segment"
        )
        return call(found, "explain_prediction", customer=found.customer, what=what)
    return call(found, "describe_customer", customer=found.customer)


def _popular(found: Scan, today: date) -> Reading | None:
    """What is popular just now, which no period of the past says."""
    if not found.has("intent", "trending") or found.dates or measures(found):
        return None
    return call(found, "recommend", type="trending", limit=found.count or 8)


def _why_changed(found: Scan, today: date) -> Reading | None:
    moved = found.has("word", "compare", "less_or_more") or found.has("intent", "moved")
    metrics = measures(found) or (["revenue"] if found.has("verb", "sell") else [])
    if not (found.has("intent", "changed") or (found.has("intent", "why") and moved)) or not metrics:
        return None
    when = asked(found, today, default=last_days(30, today))
    assert when.days is not None
    notes = when.notes
    if isinstance(when.against, Days):
        notes = [*notes, ("unused", {"words": [found.text[slice(*item.span)].strip() for item in sides(found)[1]]})]
    return call(
        found,
        "why_did_it_change",
        notes,
        metric=metrics[0],
        time_range=as_range(when.days),
        compare_to=when.against if isinstance(when.against, str) else "previous_period",
    )
