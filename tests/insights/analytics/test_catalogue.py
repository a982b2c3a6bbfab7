from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from insights.analytics import CUSTOMER_FIELDS, DIMENSIONS, METRICS, allowed
from insights.analytics.plan import plan
from insights.exceptions import QueryError
from tests.insights.analytics.reference import PAGE, render

# The terms of the glossary: shown in English, shown in Chinese, also understood.
GLOSSARY = {
    "revenue": "sales turnover income takings 营收 营业额 销售收入 净销售额 流水",
    "gross_revenue": "总成交额 交易额 成交总额 gmv",
    "orders": "purchases transactions 订单量 单量 成交单数",
    "aov": "笔单价 平均订单金额 客单价",
    "units": "quantity 销售件数 件数 销量",
    "items_per_order": "连带率 单均件数",
    "customers": "clients shoppers 顾客 用户 会员",
    "buyers": "购买客户数 下单客户 成交客户",
    "new_customers": "新客数 新客 新增客户 首购客户",
    "returning_customers": "老客数 老客 回头客 复购客户",
    "repeat_rate": "复购率 回购率",
    "purchase_frequency": "购买频次 人均订单数",
    "days_between_orders": "购买间隔（天） 复购周期",
    "retention_rate": "留存率",
    "churn_risk": "流失风险 流失概率",
    "churn_rate": "流失率 attrition",
    "clv": "ltv 生命周期价值",
    "purchase_probability": "购买意向 购买可能性",
    "expected_next_order": "预计下次下单日",
    "refund_rate": "退款率 退货率",
    "cancelled_orders": "取消订单数",
    "conversion_rate": "cvr 转化率",
    "add_to_cart_rate": "加购率",
    "cart_abandonment_rate": "弃购率 购物车放弃率",
    "visits": "sessions traffic 会话 流量 访问次数",
    "click_through_rate": "点击率",
    "attributed_revenue": "归因销售额",
}


@pytest.mark.parametrize("key", GLOSSARY)
def test_metrics__know_the_words_of_the_glossary(key: str) -> None:
    metric = METRICS[key]
    known = {word.lower() for word in (metric.label_en, metric.label_zh, *metric.synonyms_en, *metric.synonyms_zh)}
    assert set(GLOSSARY[key].split()) <= known


def test_metrics__no_word_means_two_of_them() -> None:
    words = Counter(
        word.lower()
        for metric in METRICS.values()
        for word in {metric.label_en, metric.label_zh, *metric.synonyms_en, *metric.synonyms_zh}
    )
    assert [word for word, count in words.items() if count > 1] == []


def test_dimensions__no_word_means_two_of_them() -> None:
    words = Counter(
        word.lower()
        for dimension in DIMENSIONS.values()
        for word in {dimension.label_en, dimension.label_zh, *dimension.synonyms_en, *dimension.synonyms_zh}
    )
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.key)
def test_metrics__say_what_they_mean_in_both_languages(metric: object) -> None:
    from insights.analytics import Metric

    assert isinstance(metric, Metric)
    assert metric.definition_en.endswith(".")
    assert metric.definition_zh.endswith("。")
    assert metric.label("zh-hans") == metric.label_zh != metric.label("en")


def test_allowed__knows_which_facts_have_a_dimension() -> None:
    assert {"product", "category", "country", "month"} <= set(allowed("revenue"))
    assert "device" not in allowed("revenue")
    assert "product" not in allowed("visits")
    assert "month" not in allowed("churn_risk")
    assert {"segment", "month", "product"} <= set(allowed("customers"))


def test_plan__names_what_goes_instead() -> None:
    with pytest.raises(QueryError) as error:
        plan("visits", ["product"], has_period=True)
    assert "“Visits” (visits)" in str(error.value)
    assert "product_views" in str(error.value)
    assert "traffic_source" in str(error.value)


def test_customer_fields__have_phrases_in_both_languages() -> None:
    for item in CUSTOMER_FIELDS.values():
        for phrase in (item.phrase_en, item.phrase_zh):
            assert "{r}" in phrase or phrase.count("|") == 1


def test_page__is_what_the_catalogue_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run python -m tests.insights.analytics.reference"


def test_plan__names_a_pair_that_does_not_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    from insights.analytics.measures import Measure, value

    recipes = (value(Measure("orders", "count")), value(Measure("visits", "count")))
    both = replace(METRICS["orders"], key="contacts", recipes=recipes)
    monkeypatch.setitem(METRICS, "contacts", both)
    assert plan("contacts", ["device"], has_period=True).recipe is recipes[1]
    with pytest.raises(QueryError, match="at once"):
        plan("contacts", ["coupon", "device"], has_period=True)
