"""Names of segments and bands, in both languages, in one place.

The labels are data and no translations, since the assistant understands and answers in both
languages whatever language the site speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from insights import formats

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Term:
    """A key with its names, and where it stands among its kind (0 = best)."""

    key: str
    en: str
    zh: str
    order: int
    meaning_en: str = ""
    meaning_zh: str = ""

    def label(self, language: str) -> str:
        """The name in a language; any Chinese variant gives Chinese, all else English."""
        return self.zh if language.startswith("zh") else self.en

    def meaning(self, language: str) -> str:
        """What the name stands for, in a sentence."""
        return self.meaning_zh if language.startswith("zh") else self.meaning_en


def _terms(*rows: tuple[str, str, str, str, str]) -> dict[str, Term]:
    return {row[0]: Term(row[0], row[1], row[2], order, row[3], row[4]) for order, row in enumerate(rows)}


RFM_SEGMENTS = _terms(
    (
        "champions",
        "Champions",
        "核心客户",
        "Bought lately, buy often and spend most.",
        "最近买过，买得勤，花得也最多。",
    ),
    ("loyal", "Loyal customers", "忠诚客户", "Buy often and answer to what is new.", "经常购买，对新品有反应。"),
    (
        "potential_loyalists",
        "Potential loyalists",
        "潜在忠诚客户",
        "Bought lately, and more than once.",
        "最近买过，而且不止一次。",
    ),
    ("new", "New customers", "新客户", "Bought lately, for the first time.", "最近第一次购买。"),
    (
        "promising",
        "Promising",
        "有潜力客户",
        "Bought not long ago, and have spent little yet.",
        "不久前买过，花费还不多。",
    ),
    (
        "need_attention",
        "Need attention",
        "需要关注客户",
        "Above the middle in all, but not seen lately.",
        "各项中等偏上，但最近没有来。",
    ),
    (
        "about_to_sleep",
        "About to sleep",
        "即将沉睡客户",
        "Below the middle, and growing rarer.",
        "各项中等偏下，来得越来越少。",
    ),
    ("at_risk", "At risk", "流失风险客户", "Bought often, but long ago.", "曾经常购买，但很久没来了。"),
    (
        "cannot_lose",
        "Cannot lose them",
        "重点挽回客户",
        "Were among the best, and have not come for long.",
        "曾是最好的客户，很久没来了。",
    ),
    ("hibernating", "Hibernating", "沉睡客户", "Few orders, small ones, long ago.", "订单少、金额小、时间久。"),
    ("lost", "Lost", "已流失客户", "Lowest in all three.", "三项都最低。"),
)

RFM_TYPES = _terms(
    ("high_value", "High value", "重要价值客户", "R, F and M above the mean.", "R、F、M 都高于平均。"),
    ("to_develop", "To develop", "重要发展客户", "R and M above the mean, F below.", "R、M 高，F 低。"),
    ("to_keep", "To keep", "重要保持客户", "F and M above the mean, R below.", "F、M 高，R 低。"),
    ("to_win_back", "To win back", "重要挽留客户", "Only M above the mean.", "只有 M 高。"),
    ("general_value", "General value", "一般价值客户", "R and F above the mean, M below.", "R、F 高，M 低。"),
    ("general_develop", "General to develop", "一般发展客户", "Only R above the mean.", "只有 R 高。"),
    ("general_keep", "General to keep", "一般保持客户", "Only F above the mean.", "只有 F 高。"),
    ("general_win_back", "General to win back", "一般挽留客户", "R, F and M below the mean.", "R、F、M 都低于平均。"),
)

CHURN_BANDS = _terms(
    ("high", "High", "高", "More likely gone than not: 60% or more.", "流失可能大于 60%。"),
    ("medium", "Medium", "中", "30% to 60%.", "30% 到 60%。"),
    ("low", "Low", "低", "Below 30%.", "低于 30%。"),
)

VALUE_BANDS = _terms(
    ("top", "Top", "高价值", "The best tenth by expected value over a year.", "未来一年预计价值最高的 10%。"),
    ("high", "High", "中高价值", "The next fifth.", "其后的 20%。"),
    ("middle", "Middle", "中价值", "The next third or so: 30%.", "其后的 30%。"),
    ("low", "Low", "低价值", "The rest: 40%.", "其余 40%。"),
)

TRAFFIC = {
    key: Term(key, en, zh, order)
    for order, (key, en, zh) in enumerate(
        (
            ("direct", "Direct", "直接访问"),
            ("organic_search", "Organic search", "自然搜索"),
            ("paid_search", "Paid search", "付费搜索"),
            ("organic_social", "Organic social", "自然社交"),
            ("paid_social", "Paid social", "付费社交"),
            ("email", "E-mail", "电子邮件"),
            ("affiliates", "Affiliates", "联盟推广"),
            ("referral", "Referral", "外部引荐"),
            ("ai_assistant", "AI assistants", "AI 助手"),
            ("display", "Display", "展示广告"),
            ("organic_shopping", "Organic shopping", "自然购物"),
            ("paid_shopping", "Paid shopping", "付费购物"),
            ("organic_video", "Organic video", "自然视频"),
            ("paid_video", "Paid video", "付费视频"),
            ("cross_network", "Cross-network", "跨广告网络"),
            ("paid_other", "Other paid", "其他付费"),
            ("sms", "Text message", "短信"),
            ("push", "Push notification", "推送通知"),
            ("audio", "Audio", "音频"),
            ("other", "Other", "其他"),
        )
    )
}
"""Kinds of sources that visits come from: GA4's default channel group, and visits sent by AI assistants."""

KINDS = {"segment": RFM_SEGMENTS, "rfm_type": RFM_TYPES, "churn_band": CHURN_BANDS, "value_band": VALUE_BANDS}


def label(kind: str, key: str, language: str = "en") -> str:
    """The name of a key of a kind; an unknown or empty key is shown as it is."""
    term = KINDS[kind].get(key)
    return term.label(language) if term else key


def churn_band(probability: float) -> str:
    """The band of a chance to leave (0..1)."""
    if probability >= 0.6:
        return "high"
    return "medium" if probability >= 0.3 else "low"


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
"""The features of ``insights.features.CUSTOMER_FEATURES``, by the same keys."""


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
