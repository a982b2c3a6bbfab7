"""What people do in the shop, what they say of it, and what suggestions do."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from insights.analytics.facts import Fact, Scope
from insights.analytics.measures import Measure, Recipe, ratio, value
from insights.analytics.metrics.metric import Metric
from insights.models import Event

_ATTRIBUTION_DAYS = 7


def _named(*names: str) -> dict[str, object]:
    return {"where": lambda fact, scope: Q(name__in=names)}


def _in_list(name: str) -> dict[str, object]:
    return {"where": lambda fact, scope: Q(name=name) & ~Q(list_id="")}


def _clicked(fact: Fact, scope: Scope) -> Q:
    """Lines of products that the same person clicked in a list of suggestions shortly before."""
    clicks = Event.objects.filter(
        ~Q(list_id=""),
        Q(product=OuterRef("product")) | Q(product=OuterRef("product__parent")),
        Q(customer=OuterRef("order__customer")) | Q(visitor=OuterRef("order__visitor")),
        name="select_item",
        occurred_at__lte=OuterRef("order__placed_at"),
        occurred_at__gt=OuterRef("order__placed_at") - timedelta(days=_ATTRIBUTION_DAYS),
    )
    return Q(Exists(clicks))


_visits = Measure("visits", "count")
_with_cart = Measure("visits", "count", "", lambda fact, scope: Q(carts__gt=0))

BEHAVIOUR = (
    Metric(
        "visits", "Visits", "访问次数", "count", (value(_visits),),
        "Visits of people: a stretch of activity without a pause of half an hour. Bots and staff are left out.",
        "真人访问：中间停顿不超过半小时的一段浏览。不含机器人和员工。",
        ("sessions", "traffic"), ("会话", "会话数", "流量", "访问量"),
    ),
    Metric(
        "visitors", "Visitors", "访客数（UV）", "count",
        (Recipe("sum", (
            Measure("visits", "distinct", "visitor"),
            Measure("visits", "distinct", "session_key", lambda fact, scope: Q(visitor__isnull=True)),
        )),),
        "Different browsers that visited; without consent to cookies, different ones a day.",
        "不同的访问浏览器数；未同意 Cookie 时按天去重。",
        ("unique visitors", "uv"), ("访客数", "访客", "uv"),
    ),
    Metric(
        "page_views", "Page views", "浏览量（PV）", "count",
        (value(Measure("visits", "sum", "page_views")),),
        "Pages seen in visits of people.", "真人访问的页面浏览次数。",
        ("pageviews", "pages viewed", "pv"), ("浏览量", "页面浏览量", "pv"),
    ),
    Metric(
        "product_views", "Product views", "商品浏览次数", "count",
        (value(Measure("events", "count", "", **_named("view_item"))),),  # type: ignore[arg-type]
        "How often a product's page was looked at.", "商品详情页被浏览的次数。",
        ("views of products", "product page views", "item views"), ("商品浏览量", "商品访问量"),
    ),
    Metric(
        "cart_additions", "Baskets filled", "加购次数", "count",
        (value(Measure("events", "count", "", **_named("add_to_cart"))),),  # type: ignore[arg-type]
        "How often a product was put into the basket.", "商品被加入购物车的次数。",
        ("add to carts", "cart additions", "additions to basket"), ("加购量", "加购数"),
    ),
    Metric(
        "searches", "Searches", "搜索次数", "count",
        (value(Measure("events", "count", "", **_named("search", "view_search_results"))),),  # type: ignore[arg-type]
        "How often the shop was searched.", "店内搜索的次数。",
        ("search count",), ("搜索量",), "none",
    ),
    Metric(
        "conversion_rate", "Conversion rate", "转化率", "rate",
        (ratio(Measure("visits", "count", "", lambda fact, scope: Q(purchases__gt=0)), _visits),),
        "Share of visits with a purchase.", "产生购买的访问占比。",
        ("cvr", "conversion"), ("转化", "成交转化率"),
    ),
    Metric(
        "add_to_cart_rate", "Add-to-basket rate", "加购率", "rate", (ratio(_with_cart, _visits),),
        "Share of visits in which something was put into the basket.", "有加购行为的访问占比。",
        ("add to cart rate", "add-to-cart rate", "add to basket rate"), ("加入购物车率",),
    ),
    Metric(
        "cart_abandonment_rate", "Basket abandonment rate", "弃购率", "rate",
        (Recipe("rest", (
            Measure("visits", "count", "", lambda fact, scope: Q(carts__gt=0, purchases__gt=0)), _with_cart,
        )),),
        "Share of visits with something put into the basket that ended without a purchase.",
        "有加购但未购买的访问，占有加购访问的比例。",
        ("cart abandonment", "cart abandonment rate", "abandoned carts"), ("购物车放弃率", "购物车弃购率"), "down",
    ),
    Metric(
        "reviews", "Reviews", "评价数", "count", (value(Measure("ratings", "count")),),
        "Reviews with a rating.", "带评分的评价数量。",
        ("number of reviews", "ratings"), ("评论数", "评价", "评论"),
    ),
    Metric(
        "average_rating", "Average rating", "平均评分", "score",
        (value(Measure("ratings", "mean", "value")),),
        "Mean of the ratings, from 1 to 5.", "评分的平均值（1 到 5）。",
        ("average review", "mean rating", "stars"), ("评分", "平均星级"),
    ),
    Metric(
        "click_through_rate", "Click-through rate (CTR)", "点击率", "rate",
        (ratio(Measure("events", "count", "", **_in_list("select_item")), Measure("events", "count", "", **_in_list("view_item_list"))),),  # type: ignore[arg-type]
        "Clicks on suggested products, divided by how often suggestions were shown.",
        "推荐商品的点击次数除以推荐的展示次数。",
        ("click rate", "click through rate", "ctr"), ("推荐点击率", "ctr"),
    ),
    Metric(
        "attributed_revenue", "Attributed revenue", "归因销售额", "money",
        (value(Measure("lines", "sum", "base_amount", _clicked, leans_on="events")),),
        "Line amounts of products that the buyer had clicked among suggestions in the seven days before the order.",
        "买家下单前七天内点击过推荐的商品所带来的明细金额。",
        ("revenue from recommendations", "recommendation revenue"), ("推荐销售额", "推荐带来的销售额"),
    ),
)  # fmt: skip
