"""Orders, what they bring in, and what comes back."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from insights.analytics.facts import Fact, Scope, counted_then, undone_by
from insights.analytics.measures import Measure, Recipe, ratio, value
from insights.analytics.metrics.metric import Metric
from insights.models import Excluded, Refund


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


_total = Measure("orders", "sum", "base_total")
_line_amount = Measure("lines", "sum", "base_amount")
_partial_refunds = Measure("refunds", "sum", "base_amount", _partial)
_valid_orders = Measure("orders", "count")
_orders_of_lines = Measure("lines", "distinct", "order")
_OF_LINES_EN = "By product, category, brand or price: quantity × unit price less the line's discount, without refunds, tax and shipping."
_OF_LINES_ZH = "按商品、品类、品牌或价格带统计时：数量 × 单价，减去该行折扣，不含退款、税费和运费。"

SALES = (
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
)  # fmt: skip
