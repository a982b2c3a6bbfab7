"""Names of the features that predictions lean on, and how they read as reasons, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from insights import formats


@dataclass(frozen=True)
class FeatureTerm:
    """What a feature of the predictions is called, and how it reads as a reason.

    ``unit`` is ``days``, ``money``, ``count``, ``share``, ``ratio`` or ``stars``; the sentences hold ``{value}``.
    """

    key: str
    unit: str
    en: str
    zh: str
    say_en: str
    say_zh: str

    def label(self, language: str) -> str:
        """The name in a language."""
        return self.zh if language.startswith("zh") else self.en

    def sentence(self, language: str, value: str, typical: str = "") -> str:
        """The reason in words: ``No order for 51 days, usually 31``.

        Args:
            value: of this customer, as people write it.
            typical: of the customers in the middle, likewise; empty or the same leaves it out.
        """
        chinese = language.startswith("zh")
        if not value:
            return f"{self.zh}：未知" if chinese else f"{self.en}: not known"
        said = (self.say_zh if chinese else self.say_en).format(value=value)
        if not typical or typical == value:
            return said
        days = " 天" if self.unit == "days" else ""
        return f"{said}，一般 {typical}{days}" if chinese else f"{said}, usually {typical}"


FEATURES = {
    term.key: term
    for term in (
        FeatureTerm(
            "recency_days",
            "days",
            "Days since the last order",
            "距上次下单天数",
            "No order for {value} days",
            "距上次下单 {value} 天",
        ),
        FeatureTerm("orders", "count", "Orders", "订单数", "Orders so far: {value}", "累计下单 {value} 单"),
        FeatureTerm("net_spend", "money", "Money spent", "累计消费", "Spent {value} so far", "累计消费 {value}"),
        FeatureTerm("average_order_value", "money", "Average order", "客单价", "{value} an order", "客单价 {value}"),
        FeatureTerm(
            "tenure_days",
            "days",
            "Days since the first order",
            "距首次下单天数",
            "First order {value} days ago",
            "首次下单在 {value} 天前",
        ),
        FeatureTerm(
            "gap_mean",
            "days",
            "Mean days between orders",
            "平均下单间隔",
            "{value} days between orders on average",
            "平均每 {value} 天下一单",
        ),
        FeatureTerm(
            "gap_median",
            "days",
            "Usual days between orders",
            "通常下单间隔",
            "{value} days between most orders",
            "多数订单间隔 {value} 天",
        ),
        FeatureTerm(
            "gap_deviation",
            "days",
            "Spread of the days between orders",
            "下单间隔的波动",
            "Days between orders vary by {value}",
            "下单间隔波动 {value} 天",
        ),
        FeatureTerm(
            "gap_last",
            "days",
            "Days between the last two orders",
            "最近两单间隔",
            "{value} days between the last two orders",
            "最近两单相隔 {value} 天",
        ),
        FeatureTerm(
            "recency_to_gap",
            "ratio",
            "Silence against the usual gap",
            "距上次下单与平时间隔之比",
            "Quiet for {value} times the own usual gap",
            "未下单时间是自己平时间隔的 {value} 倍",
        ),
        FeatureTerm(
            "orders_30",
            "count",
            "Orders in 30 days",
            "30 天订单数",
            "Orders in 30 days: {value}",
            "30 天内下单 {value} 单",
        ),
        FeatureTerm(
            "orders_90",
            "count",
            "Orders in 90 days",
            "90 天订单数",
            "Orders in 90 days: {value}",
            "90 天内下单 {value} 单",
        ),
        FeatureTerm(
            "orders_180",
            "count",
            "Orders in 180 days",
            "180 天订单数",
            "Orders in 180 days: {value}",
            "180 天内下单 {value} 单",
        ),
        FeatureTerm(
            "orders_365",
            "count",
            "Orders in a year",
            "一年订单数",
            "Orders in a year: {value}",
            "一年内下单 {value} 单",
        ),
        FeatureTerm(
            "spend_30", "money", "Spend in 30 days", "30 天消费", "Spent {value} in 30 days", "30 天内消费 {value}"
        ),
        FeatureTerm(
            "spend_90", "money", "Spend in 90 days", "90 天消费", "Spent {value} in 90 days", "90 天内消费 {value}"
        ),
        FeatureTerm(
            "spend_180", "money", "Spend in 180 days", "180 天消费", "Spent {value} in 180 days", "180 天内消费 {value}"
        ),
        FeatureTerm(
            "spend_365", "money", "Spend in a year", "一年消费", "Spent {value} in a year", "一年内消费 {value}"
        ),
        FeatureTerm(
            "orders_trend",
            "count",
            "Orders in 90 days against the 90 before",
            "近 90 天与之前 90 天订单数之差",
            "Orders in 90 days against the 90 before: {value}",
            "近 90 天订单数比之前 90 天变化 {value}",
        ),
        FeatureTerm(
            "spend_trend",
            "money",
            "Spend in 90 days against the 90 before",
            "近 90 天与之前 90 天消费之差",
            "Spend in 90 days against the 90 before: {value}",
            "近 90 天消费比之前 90 天变化 {value}",
        ),
        FeatureTerm(
            "units_per_order", "count", "Items in an order", "每单件数", "{value} items an order", "每单 {value} 件"
        ),
        FeatureTerm(
            "products",
            "count",
            "Different products bought",
            "购买过的商品数",
            "Different products bought: {value}",
            "买过 {value} 种商品",
        ),
        FeatureTerm(
            "categories",
            "count",
            "Different categories bought",
            "购买过的品类数",
            "Different categories bought: {value}",
            "买过 {value} 个品类",
        ),
        FeatureTerm(
            "discount_share",
            "share",
            "Share of orders at a discount",
            "折扣订单占比",
            "{value} of orders at a discount",
            "{value} 的订单用了折扣",
        ),
        FeatureTerm(
            "refund_share",
            "share",
            "Share of money given back",
            "退款金额占比",
            "{value} of the money given back",
            "退款占消费的 {value}",
        ),
        FeatureTerm(
            "night_share",
            "share",
            "Share of orders at night",
            "夜间订单占比",
            "{value} of orders at night",
            "{value} 的订单在夜间",
        ),
        FeatureTerm(
            "weekend_share",
            "share",
            "Share of orders at weekends",
            "周末订单占比",
            "{value} of orders at weekends",
            "{value} 的订单在周末",
        ),
        FeatureTerm(
            "festive_share",
            "share",
            "Share of orders in November and December",
            "11、12 月订单占比",
            "{value} of orders in November and December",
            "{value} 的订单在 11、12 月",
        ),
        FeatureTerm(
            "orders_a_year_ago",
            "count",
            "Orders in the same season a year ago",
            "去年同期订单数",
            "Orders in the same season a year ago: {value}",
            "去年同期下单 {value} 单",
        ),
        FeatureTerm(
            "views_7",
            "count",
            "Products looked at in 7 days",
            "7 天浏览商品数",
            "Products looked at in 7 days: {value}",
            "7 天内浏览商品 {value} 次",
        ),
        FeatureTerm(
            "views_30",
            "count",
            "Products looked at in 30 days",
            "30 天浏览商品数",
            "Products looked at in 30 days: {value}",
            "30 天内浏览商品 {value} 次",
        ),
        FeatureTerm(
            "views_90",
            "count",
            "Products looked at in 90 days",
            "90 天浏览商品数",
            "Products looked at in 90 days: {value}",
            "90 天内浏览商品 {value} 次",
        ),
        FeatureTerm(
            "carts_7",
            "count",
            "Put into the basket in 7 days",
            "7 天加购数",
            "Put into the basket in 7 days: {value}",
            "7 天内加购 {value} 次",
        ),
        FeatureTerm(
            "carts_30",
            "count",
            "Put into the basket in 30 days",
            "30 天加购数",
            "Put into the basket in 30 days: {value}",
            "30 天内加购 {value} 次",
        ),
        FeatureTerm(
            "carts_90",
            "count",
            "Put into the basket in 90 days",
            "90 天加购数",
            "Put into the basket in 90 days: {value}",
            "90 天内加购 {value} 次",
        ),
        FeatureTerm(
            "visit_days_7",
            "count",
            "Days with a visit in 7 days",
            "7 天内来访天数",
            "Days with a visit in 7 days: {value}",
            "7 天内来访 {value} 天",
        ),
        FeatureTerm(
            "visit_days_30",
            "count",
            "Days with a visit in 30 days",
            "30 天内来访天数",
            "Days with a visit in 30 days: {value}",
            "30 天内来访 {value} 天",
        ),
        FeatureTerm(
            "visit_days_90",
            "count",
            "Days with a visit in 90 days",
            "90 天内来访天数",
            "Days with a visit in 90 days: {value}",
            "90 天内来访 {value} 天",
        ),
        FeatureTerm(
            "visit_recency_days",
            "days",
            "Days since the last visit",
            "距上次来访天数",
            "No visit for {value} days",
            "距上次来访 {value} 天",
        ),
        FeatureTerm(
            "rating_mean", "stars", "Average stars given", "平均评分", "{value} stars on average", "平均给 {value} 星"
        ),
        FeatureTerm(
            "rating_count", "count", "Reviews written", "评价数", "Reviews written: {value}", "写过 {value} 条评价"
        ),
    )
}
"""The columns of ``insights.features.customer_features``, in their order."""


def say_reason(reason: Mapping[str, Any], language: str) -> str:
    """A reason of a prediction in words: what is so here, and what is usual.

    Args:
        reason: as kept with a customer's state: feature, value, typical, contribution.
        language: of the words; figures follow the active language.
    """
    feature = FEATURES.get(str(reason["feature"]))
    if feature is None:
        return str(reason["feature"]).replace("_", " ")
    return feature.sentence(
        language, _written(feature.unit, reason.get("value")), _written(feature.unit, reason.get("typical"))
    )


def feature_value(key: str, value: object) -> str:
    """A value of a feature as people write it; empty when it is not known."""
    feature = FEATURES.get(key)
    return _written(feature.unit if feature else "", value)


def _written(unit: str, value: object) -> str:
    """A value of a feature in its unit; empty when it is not known."""
    if value is None or value == "":
        return ""
    if not isinstance(value, (int, float)):
        return str(value)
    if unit == "money":
        return formats.money(value)
    if unit == "share":
        return formats.percent(value, 0)
    return formats.number(value, 0 if abs(value - round(value)) < 0.05 or abs(value) >= 10 else 1)
