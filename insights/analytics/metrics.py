"""The figures: each with its names, unit, meaning and recipe, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db.models import Exists, F, OuterRef, Q, Subquery

from insights.analytics.facts import Fact, Scope, counted_then, undone_by
from insights.analytics.functions import DaysBetween
from insights.analytics.measures import Measure, Recipe, ratio, value
from insights.analytics.readers import Expression, bought_before
from insights.models import Event, Excluded, Order, Refund

Unit = Literal["money", "count", "rate", "ratio", "days", "score", "date"]
ATTRIBUTION_DAYS = 7


@dataclass(frozen=True)
class Metric:
    """A figure.

    Attributes:
        unit: ``money`` (Decimal), ``count``, ``rate`` (0 to 1), ``ratio``, ``days``, ``score`` or ``date``.
        recipes: how it is computed; the first whose facts have all dimensions and filters of a query is taken.
        better: whether more of it is good news.
        is_state: whether it says how things stand, so that a period does not apply.
    """

    key: str
    label_en: str
    label_zh: str
    unit: Unit
    recipes: tuple[Recipe, ...]
    definition_en: str
    definition_zh: str
    synonyms_en: tuple[str, ...] = ()
    synonyms_zh: tuple[str, ...] = ()
    better: Literal["up", "down", "none"] = "up"
    is_state: bool = False

    def label(self, language: str) -> str:
        """The name in a language."""
        return self.label_zh if language.startswith("zh") else self.label_en

    def definition(self, language: str, recipe: Recipe | None = None) -> str:
        """What it means, in a sentence or two; for the recipe that was taken, where that differs."""
        if language.startswith("zh"):
            return (recipe and recipe.definition_zh) or self.definition_zh
        return (recipe and recipe.definition_en) or self.definition_en

    @property
    def additive(self) -> bool:
        """Whether the parts of a breakdown sum to the whole."""
        parts = self.recipes[0].parts
        return self.recipes[0].how in ("value", "sum", "difference") and all(
            isinstance(part, Measure) and part.adds_up for part in parts
        )


def _partial(fact: Fact, scope: Scope) -> Q:
    return counted_then(scope.as_of, "order__")


def _given_back(fact: Fact, scope: Scope) -> Q:
    return _partial(fact, scope) | Q(order__excluded__in=[Excluded.REFUNDED, Excluded.CANCELLED])


def _cancelled(fact: Fact, scope: Scope) -> Q:
    return undone_by(Excluded.CANCELLED, scope.as_of)


def _refunded(fact: Fact, scope: Scope) -> Q:
    refunds = Refund.objects.filter(order=OuterRef("pk"))
    if scope.as_of is not None:
        refunds = refunds.filter(occurred_at__lt=scope.as_of)
    return undone_by(Excluded.REFUNDED, scope.as_of) | Q(Exists(refunds))


def _new(fact: Fact, scope: Scope) -> Q:
    if scope.time_range is None and scope.grain is None:
        return Q()
    return ~bought_before(fact, scope)


def _known_customer(fact: Fact, scope: Scope) -> Q:
    return Q(**{f"{fact.id_of('customer')}__isnull": False})


def _named(*names: str) -> dict[str, object]:
    return {"where": lambda fact, scope: Q(name__in=names)}


def _in_list(name: str) -> dict[str, object]:
    return {"where": lambda fact, scope: Q(name=name) & ~Q(list_id="")}


def _gap(fact: Fact, scope: Scope) -> Expression:
    """Days since the customer's previous valid order."""
    earlier = Order.objects.valid(scope.as_of).filter(
        customer=OuterRef("customer"), placed_at__lt=OuterRef("placed_at")
    )
    return DaysBetween(Subquery(earlier.order_by("-placed_at").values("local_date")[:1]), F("local_date"))


def _clicked(fact: Fact, scope: Scope) -> Q:
    """Lines of products that the same person clicked in a list of suggestions shortly before."""
    clicks = Event.objects.filter(
        ~Q(list_id=""),
        Q(product=OuterRef("product")) | Q(product=OuterRef("product__parent")),
        Q(customer=OuterRef("order__customer")) | Q(visitor=OuterRef("order__visitor")),
        name="select_item",
        occurred_at__lte=OuterRef("order__placed_at"),
        occurred_at__gt=OuterRef("order__placed_at") - timedelta(days=ATTRIBUTION_DAYS),
    )
    return Q(Exists(clicks))


_total = Measure("orders", "sum", "base_total")
_line_amount = Measure("lines", "sum", "base_amount")
_partial_refunds = Measure("refunds", "sum", "base_amount", _partial)
_valid_orders = Measure("orders", "count")
_orders_of_lines = Measure("lines", "distinct", "order")
_buyers = Measure("orders", "distinct", "customer")
_buyers_of_lines = Measure("lines", "distinct", "customer")
_visits = Measure("visits", "count")
_spent = Measure("ad_spend", "sum", "base_cost")
_with_cart = Measure("visits", "count", "", lambda fact, scope: Q(carts__gt=0))
_OF_LINES_EN = "By product, category, brand or price: quantity × unit price less the line's discount, without refunds, tax and shipping."
_OF_LINES_ZH = "按商品、品类、品牌或价格带统计时：数量 × 单价，减去该行折扣，不含退款、税费和运费。"

METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "revenue", "Revenue", "销售额", "money",
            (
                Recipe("difference", (_total, _partial_refunds)),
                value(_line_amount, definition_en=_OF_LINES_EN, definition_zh=_OF_LINES_ZH),
            ),
            "Totals of valid orders (neither cancelled nor fully refunded), less partial refunds on the day of the refund.",
            "有效订单（未取消、未全额退款）的总额，减去部分退款（计入退款当日）。",
            ("revenue (net)", "net revenue", "sales", "net sales", "turnover", "income", "takings"),
            ("销售额（净）", "净销售额", "营收", "营业额", "销售收入", "收入", "流水"),
        ),
        Metric(
            "gross_revenue", "Gross revenue (GMV)", "成交总额（GMV）", "money",
            (value(Measure("placed", "sum", "base_total")),),
            "Totals of all orders placed, also of those that were cancelled or given back later.",
            "全部已下订单的总额，包括后来取消或退款的订单。",
            ("gross revenue", "gross sales", "gross merchandise value", "gmv"),
            ("成交总额", "总成交额", "交易额", "gmv"),
        ),
        Metric(
            "orders", "Orders", "订单数", "count",
            (
                value(_valid_orders),
                value(
                    _orders_of_lines,
                    definition_en="Valid orders that hold at least one such product; an order counts in each of its groups.",
                    definition_zh="至少含有一件该类商品的有效订单；一个订单可计入多个分组。",
                ),
            ),
            "Valid orders: neither cancelled nor fully refunded.",
            "有效订单：未取消、未全额退款。",
            ("order count", "number of orders", "purchases", "transactions"),
            ("订单量", "单量", "成交单数", "订单"),
        ),
        Metric(
            "placed_orders", "Orders placed", "下单数", "count",
            (value(Measure("placed", "count")),),
            "All orders placed, also those that were cancelled or given back later.",
            "全部已下订单，包括后来取消或退款的订单。",
            ("all orders", "gross orders"), ("全部订单数", "总下单数"), "none",
        ),
        Metric(
            "aov", "Average order value (AOV)", "客单价", "money",
            (ratio("revenue", "orders"),),
            "Revenue divided by orders.",
            "销售额除以订单数。",
            ("average order", "basket value", "average basket", "average order size", "aov"),
            ("笔单价", "平均订单金额", "平均客单价"),
        ),
        Metric(
            "median_order_value", "Median order value", "订单金额中位数", "money",
            (value(Measure("orders", "median", "base_total")),),
            "Half of the valid orders come to more than this, half to less.",
            "一半的有效订单高于此金额，一半低于此金额。",
            ("median order", "typical order value"), ("中位订单金额",),
        ),
        Metric(
            "units", "Units sold", "销量", "count",
            (value(Measure("lines", "sum", "quantity")),),
            "Quantity of products in valid orders.",
            "有效订单中的商品件数。",
            ("units", "items sold", "quantity", "quantity sold", "pieces sold"),
            ("销售件数", "件数", "销售数量"),
        ),
        Metric(
            "items_per_order", "Items per order", "连带率", "ratio",
            (ratio("units", "orders"),),
            "Units sold divided by orders.",
            "销量除以订单数。",
            ("basket size", "units per transaction", "units per order"),
            ("单均件数", "每单件数"),
        ),
        Metric(
            "customers", "Customers", "客户数", "count",
            (
                value(
                    Measure("customers", "count"), of_all_time=True,
                    definition_en="All customers that the shop knows: accounts, and guests with an e-mail address or phone; neither staff nor tests.",
                    definition_zh="店铺已知的全部客户：注册账户，以及留有邮箱或电话的游客；不含员工和测试账户。",
                ),
                value(_buyers), value(_buyers_of_lines),
            ),
            "In a period: customers with a valid order in it. Without a period: all customers that the shop knows.",
            "指定时间内：有有效订单的客户。未指定时间：店铺已知的全部客户。",
            ("clients", "shoppers", "number of customers", "customer count"),
            ("顾客数", "用户数", "会员数", "客户", "顾客", "用户", "会员"),
        ),
        Metric(
            "buyers", "Buyers", "购买客户数", "count",
            (value(_buyers), value(_buyers_of_lines)),
            "Customers with a valid order in the period. Guests without e-mail address and phone are not counted.",
            "该时间段内有有效订单的客户。未留邮箱和电话的游客不计。",
            ("paying customers", "active customers", "purchasers"),
            ("下单客户", "成交客户", "购买人数", "下单人数"),
        ),
        Metric(
            "new_customers", "New customers", "新客数", "count",
            (value(Measure("orders", "distinct", "customer", _new)), value(Measure("lines", "distinct", "customer", _new))),
            "Customers whose first valid order lies in the period.",
            "首个有效订单落在该时间段内的客户。",
            ("first-time buyers", "first time buyers", "first-time customers", "new buyers"),
            ("新客", "新增客户", "首购客户", "新客户", "新增客户数"),
        ),
        Metric(
            "returning_customers", "Returning customers", "老客数", "count",
            (
                value(Measure("orders", "distinct", "customer", bought_before)),
                value(Measure("lines", "distinct", "customer", bought_before)),
            ),
            "Customers with a valid order in the period and one before it. Without a period: customers with two or more valid orders.",
            "该时间段内有有效订单、且此前也有有效订单的客户。未指定时间：有两笔及以上有效订单的客户。",
            ("repeat buyers", "repeat customers", "existing customers"),
            ("老客", "回头客", "复购客户", "老客户"),
        ),
        Metric(
            "repeat_rate", "Repeat rate", "复购率", "rate",
            (
                ratio(Measure("orders", "repeaters"), _buyers),
                ratio(Measure("lines", "repeaters"), _buyers_of_lines),
            ),
            "Customers with two or more valid orders among those with one or more, within the period.",
            "该时间段内，有两笔及以上有效订单的客户占有订单客户的比例。",
            ("repurchase rate", "repeat purchase rate"), ("回购率", "重复购买率"),
        ),
        Metric(
            "purchase_frequency", "Purchase frequency", "购买频次", "ratio",
            (
                ratio(Measure("orders", "count", "", _known_customer), _buyers),
                ratio(Measure("lines", "distinct", "order", _known_customer), _buyers_of_lines),
            ),
            "Valid orders of known customers, divided by those customers.",
            "已知客户的有效订单数除以这些客户数。",
            ("orders per customer", "order frequency"), ("人均订单数", "人均购买次数"),
        ),
        Metric(
            "days_between_orders", "Days between orders", "购买间隔（天）", "days",
            (ratio(Measure("orders", "sum", _gap), Measure("orders", "count", _gap)),),
            "Mean days from a customer's valid order to the next one, the later of the two in the period.",
            "客户相邻两笔有效订单之间的平均天数（后一笔在该时间段内）。",
            ("repurchase interval", "time between orders", "order gap"), ("购买间隔", "复购周期", "下单间隔"), "down",
        ),
        Metric(
            "median_days_between_orders", "Median days between orders", "购买间隔中位数（天）", "days",
            (value(Measure("orders", "median", _gap)),),
            "Half of the gaps between a customer's valid orders are longer than this, half are shorter.",
            "客户相邻两笔有效订单的间隔，一半比它长，一半比它短。",
            ("median repurchase interval",), ("复购周期中位数",), "down",
        ),
        Metric(
            "retention_rate", "Retention rate", "留存率", "rate",
            (ratio(Measure("orders", "retained"), Measure("orders", "had")),),
            "Of the customers who bought in the period before, the share who bought in this one too.",
            "上一时间段购买过的客户中，本时间段再次购买的比例。",
            ("customer retention", "retention"), ("客户留存率", "留存"),
        ),
        Metric(
            "churn_rate", "Churn rate", "流失率", "rate",
            (Recipe("rest", (Measure("orders", "retained"), Measure("orders", "had"))),),
            "Of the customers who bought in the period before, the share who did not buy in this one.",
            "上一时间段购买过的客户中，本时间段没有再购买的比例。",
            ("attrition", "attrition rate"), ("客户流失率",), "down",
        ),
        Metric(
            "churn_risk", "Churn risk", "流失风险", "rate",
            (value(Measure("customers", "mean", "churn_probability", of_states=True)),),
            "Mean predicted probability that a customer does not come back, as of the last training.",
            "客户不再回来的平均预测概率，截至最近一次训练。",
            ("churn probability", "risk of churn"), ("流失概率", "流失可能性"), "down", is_state=True,
        ),
        Metric(
            "purchase_probability", "Purchase probability (30 days)", "30 天购买概率", "rate",
            (value(Measure("customers", "mean", "purchase_probability", of_states=True)),),
            "Mean predicted probability that a customer buys within the horizon of the last training, 30 days unless set otherwise.",
            "客户在预测期内（默认 30 天）购买的平均预测概率，截至最近一次训练。",
            ("purchase probability", "likelihood to buy", "probability to buy"),
            ("购买概率", "购买意向", "购买可能性"), is_state=True,
        ),
        Metric(
            "clv", "Customer lifetime value (CLV)", "客户终身价值（CLV）", "money",
            (
                ratio(
                    Measure("customers", "sum", "value_365", of_states=True),
                    Measure("customers", "count", "", lambda fact, scope: Q(current_state__value_365__isnull=False), True),
                ),
            ),
            "Mean expected spend of a customer over the next 365 days, as of the last training.",
            "客户未来 365 天的平均预期消费，截至最近一次训练。",
            ("customer lifetime value", "lifetime value", "customer value", "ltv", "clv"),
            ("客户终身价值", "生命周期价值", "用户价值"), is_state=True,
        ),
        Metric(
            "expected_next_order", "Expected next order", "预计下次下单日", "date",
            (value(Measure("customers", "min", "next_order_expected", of_states=True)),),
            "The earliest day on which a next order is expected, as of the last training.",
            "预计最早的下次下单日，截至最近一次训练。",
            ("next purchase date", "next order date"), ("下次购买日期", "下次下单日"), "none", True,
        ),
        Metric(
            "refund_amount", "Refunds", "退款金额", "money",
            (value(Measure("refunds", "sum", "base_amount", _given_back)),),
            "Money given back, wholly or in part, on the day of the refund.",
            "已退还的金额（全额或部分），计入退款当日。",
            ("refund amount", "refunded amount", "returns value"), ("退款额", "退款"), "down",
        ),
        Metric(
            "refund_rate", "Refund rate", "退款率", "rate",
            (ratio(Measure("placed", "count", "", _refunded), Measure("placed", "count")),),
            "Share of the orders placed in the period that were given back, wholly or in part.",
            "该时间段所下订单中，全额或部分退款的比例。",
            ("return rate", "share of refunds"), ("退货率",), "down",
        ),
        Metric(
            "cancelled_orders", "Cancelled orders", "取消订单数", "count",
            (value(Measure("placed", "count", "", _cancelled)),),
            "Orders placed in the period that were cancelled.",
            "该时间段所下订单中被取消的数量。",
            ("cancellations", "cancelled"), ("取消订单", "取消单数"), "down",
        ),
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
    )
}  # fmt: skip
