"""What advertising costs, and what it brings."""

from __future__ import annotations

from insights.analytics.measures import Measure, ratio, value
from insights.analytics.metrics.metric import Metric

_spent = Measure("ad_spend", "sum", "base_cost")

MARKETING = (
    Metric(
        "ad_spend", "Ad spend", "广告花费", "money", (value(_spent),),
        "What advertising cost, by the day it ran; rows without an exchange rate are left out.",
        "广告投放的花费，按投放日统计；没有汇率的记录不计。",
        ("advertising spend", "advertising cost", "advertising costs", "ad cost", "marketing spend", "media spend"),
        ("广告费", "广告费用", "投放花费", "推广费用", "广告支出", "投放费用"), "none",
    ),
    Metric(
        "cac", "Cost per new customer (CAC)", "获客成本（CAC）", "money", (ratio("ad_spend", "new_customers"),),
        "Ad spend divided by new customers; by channel, what was spent on a kind of source by the customers whose first touch it was.",
        "广告花费除以新客数；按渠道统计时，为该渠道的花费除以首次触点为该渠道的新客数。",
        ("customer acquisition cost", "acquisition cost", "cost of acquisition", "cost per acquisition", "new customer cost", "new customers cost", "cost of a new customer"),
        ("获客成本", "拉新成本", "新客成本", "单客获取成本"), "down",
    ),
    Metric(
        "roas", "Return on ad spend (ROAS)", "广告投入产出比（ROAS）", "ratio", (ratio("revenue", "ad_spend"),),
        "Revenue divided by ad spend; by channel or campaign, that of the orders which it led to.",
        "销售额除以广告花费；按渠道或活动统计时，为其带来的订单的销售额。",
        ("return on ad spend", "return on advertising spend", "advertising return"),
        ("广告投入产出比", "投入产出比", "广告回报率", "投产比"),
    ),
    Metric(
        "payback_days", "Payback (days)", "获客回本天数", "days", (value(Measure("won", "payback")),),
        "Days after their first order by which the gross profit of the customers won in the period, all together, is what was spent on advertising in it. Gross profit is line amounts of valid orders less unit costs; a line of unknown cost counts in full. Empty until it has been earned.",
        "该时间段获得的新客，自各自首单起，合计毛利达到该时间段广告花费所需的天数。毛利为有效订单的明细金额减去单位成本；成本未知的明细按全额计。尚未回本则为空。",
        ("payback", "payback period", "payback time", "cac payback"), ("回本周期", "回本天数", "回本时间", "获客回本周期"), "down",
    ),
)  # fmt: skip
