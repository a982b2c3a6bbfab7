"""Names of segments, bands and sources of visits, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


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
