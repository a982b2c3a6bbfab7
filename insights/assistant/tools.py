"""The tools of the agent: typed arguments in, one call, an answer out.

A model sees ``content``, short and with pseudonyms; the whole answer goes beside it as the
artifact, which never leaves the process.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from langchain.tools import ToolRuntime, tool
from pydantic import BaseModel, Field

from insights.analytics import Query
from insights.assistant import actions, people, person
from insights.assistant.actions import Asker
from insights.assistant.answer import Answer
from insights.assistant.bridge import Bridge
from insights.assistant.guard import Pseudonyms
from insights.exceptions import InsightsError

Content = tuple[str, dict[str, Any]]
PERSONAL = ("customer", "name")
"""Keys of the columns that say who somebody is."""


@dataclass
class Context:
    """What a tool may know beyond its arguments; the model sees none of it."""

    bridge: Bridge
    asker: Asker
    outside: bool
    pseudonyms: Pseudonyms = field(default_factory=Pseudonyms)
    max_rows: int = 50


class Condition(BaseModel):
    """One condition on customers."""

    field: str = Field(
        description="segment, churn_band, churn_probability, spend, orders, recency_days, country, bought_product …"
    )
    op: Literal["eq", "in", "not_in", "gt", "gte", "lt", "lte", "between", "not_between"] = "eq"
    value: Any
    days: int | None = Field(
        default=None, description="only the last so many days, for orders, spend and what was bought"
    )
    within: dict[str, str] | None = Field(
        default=None, description='only these days, for the same: {"start": "YYYY-MM-DD", "end": exclusive}'
    )


def _answer(
    runtime: ToolRuntime[Context], tool_name: str, arguments: dict[str, Any], work: Callable[[Asker], Answer]
) -> Content:
    context = runtime.context
    assert context is not None, "the agent is to be called with its context"
    shown = context.pseudonyms.show(arguments) if context.outside else arguments
    context.bridge.emit({"type": "plan", "tool": tool_name, "arguments": shown})

    def answer() -> Answer:
        with context.asker.speaking():
            try:
                return work(context.asker)
            except InsightsError as error:
                return Answer("refusal", str(error))

    made = context.bridge.call(answer)
    made.plan = {"tool": tool_name, "arguments": shown, **made.plan}
    made.language = context.asker.language
    return _content(made, context), made.as_dict()


def _content(answer: Answer, context: Context) -> str:
    if not context.outside:
        return answer.text
    hidden = context.pseudonyms
    for column in answer.columns:
        if column["key"] in PERSONAL:
            hidden.learn(*map(str, (column.get("labels") or {}).values()))
    rows = [
        {
            column["label"]: hidden.alias(str(cell)) if column["key"] in PERSONAL else cell
            for column, cell in zip(answer.columns, row, strict=False)
        }
        for row in answer.as_dict()["rows"][: context.max_rows]
    ]
    rows = [{key: hidden.hide(cell) if isinstance(cell, str) else cell for key, cell in row.items()} for row in rows]
    return json.dumps({"text": hidden.hide(answer.text), "rows": rows}, ensure_ascii=False)


@tool(response_format="content_and_artifact")
def query_metrics(query: dict[str, Any], runtime: ToolRuntime[Context], share_of: list[str] | None = None) -> Content:
    """Figures of the shop: metrics by dimensions, in a period, filtered, compared with an earlier period.

    share_of: values of the one dimension whose share of the whole is asked for; [] for all shares.
    """
    more = {} if share_of is None else {"share_of": share_of}
    return _answer(
        runtime,
        "query_metrics",
        {"query": query, **more},
        lambda asker: actions.query_metrics(asker, Query.model_validate(query), share_of),
    )


@tool(response_format="content_and_artifact")
def find_customers(
    conditions: list[Condition],
    runtime: ToolRuntime[Context],
    order_by: str = "spend",
    limit: int = 20,
    count_only: bool = False,
    within: dict[str, str] | None = None,
    by: str | None = None,
    ascending: bool = False,
) -> Content:
    """Customers who meet all conditions, or their number.

    within: the days of which spend or orders are sorted by; by: count them by country, city, segment …
    """
    plain = [condition.model_dump(exclude_none=True) for condition in conditions]
    arguments: dict[str, Any] = {"conditions": plain, "order_by": order_by, "limit": limit, "count_only": count_only}
    arguments |= {
        key: value
        for key, value in (("within", within), ("by", by), ("ascending", ascending or None))
        if value is not None
    }
    return _answer(
        runtime,
        "find_customers",
        arguments,
        lambda asker: people.find_customers(
            asker, plain, order_by, limit, count_only, within=within, by=by, ascending=ascending
        ),
    )


@tool(response_format="content_and_artifact")
def describe_customer(customer: str, runtime: ToolRuntime[Context]) -> Content:
    """What is known of one customer: orders, spend, segment, risk, favourites."""
    name = runtime.context.pseudonyms.show(customer)
    return _answer(
        runtime, "describe_customer", {"customer": customer}, lambda asker: person.describe_customer(asker, name)
    )


@tool(response_format="content_and_artifact")
def explain_prediction(
    customer: str, runtime: ToolRuntime[Context], what: Literal["churn", "purchase", "segment"] = "churn"
) -> Content:
    """Why a customer has the churn risk, the purchase probability or the segment that they have."""
    name = runtime.context.pseudonyms.show(customer)
    return _answer(
        runtime,
        "explain_prediction",
        {"customer": customer, "what": what},
        lambda asker: person.explain_prediction(asker, name, what),
    )


@tool(response_format="content_and_artifact")
def recommend(
    runtime: ToolRuntime[Context],
    customer: str | None = None,
    product: str | None = None,
    type: str = "for_you",  # noqa: A002 — the word that the command and the API use
    limit: int = 8,
) -> Content:
    """Products for a customer, or beside a product: for_you, similar, bought_together, trending."""
    name = runtime.context.pseudonyms.show(customer)
    arguments = {"customer": customer, "product": product, "type": type, "limit": limit}
    return _answer(runtime, "recommend", arguments, lambda asker: people.recommend(asker, name, product, type, limit))


@tool(response_format="content_and_artifact")
def why_did_it_change(
    metric: str,
    time_range: dict[str, str],
    runtime: ToolRuntime[Context],
    compare_to: Literal["previous_period", "previous_year"] = "previous_period",
) -> Content:
    """Which parts of the shop made a figure rise or fall against an earlier period."""
    arguments = {"metric": metric, "time_range": time_range, "compare_to": compare_to}
    return _answer(
        runtime,
        "why_did_it_change",
        arguments,
        lambda asker: people.why_did_it_change(asker, metric, time_range, compare_to),
    )


@tool(response_format="content_and_artifact")
def define(
    kind: Literal["metric", "dimension", "segment", "rfm_type"],
    key: str,
    runtime: ToolRuntime[Context],
    beside: list[str] | None = None,
) -> Content:
    """What a figure, a dimension or a segment means, and how it is computed; ``beside`` are others to set next to it."""
    arguments = {"kind": kind, "key": key, **({"beside": beside} if beside else {})}
    return _answer(runtime, "define", arguments, lambda asker: actions.define(asker, kind, key, beside))


@tool(response_format="content_and_artifact")
def clarify(question: str, runtime: ToolRuntime[Context]) -> Content:
    """Ask back where a question has readings with different answers: best_customers, best_products, performance."""
    return _answer(runtime, "clarify", {"question": question}, lambda asker: actions.clarify(asker, question))


@tool(response_format="content_and_artifact")
def refuse(
    reason: str,
    runtime: ToolRuntime[Context],
    words: list[str] | None = None,
    instead: list[str] | None = None,
) -> Content:
    """Say that something cannot or must not be answered, and what can be asked instead."""
    return _answer(runtime, "refuse", {"reason": reason}, lambda asker: actions.refuse(asker, reason, words, instead))


TOOLS = (
    query_metrics,
    find_customers,
    describe_customer,
    explain_prediction,
    recommend,
    why_did_it_change,
    define,
    clarify,
    refuse,
)
