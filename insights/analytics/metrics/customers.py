"""Who buys, how often, and who may not come back."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, Subquery

from insights.analytics.facts import Fact, Scope
from insights.analytics.functions import DaysBetween
from insights.analytics.measures import Measure, Recipe, ratio, value
from insights.analytics.metrics.metric import Metric
from insights.analytics.readers import Expression, bought_before
from insights.models import Order


def _new(fact: Fact, scope: Scope) -> Q:
    if scope.time_range is None and scope.grain is None:
        return Q()
    return ~bought_before(fact, scope)


def _known_customer(fact: Fact, scope: Scope) -> Q:
    return Q(**{f"{fact.id_of('customer')}__isnull": False})


def _gap(fact: Fact, scope: Scope) -> Expression:
    """Days since the customer's previous valid order."""
    earlier = Order.objects.valid(scope.as_of).filter(
        customer=OuterRef("customer"), placed_at__lt=OuterRef("placed_at")
    )
    return DaysBetween(Subquery(earlier.order_by("-placed_at").values("local_date")[:1]), F("local_date"))


_buyers = Measure("orders", "distinct", "customer")
_buyers_of_lines = Measure("lines", "distinct", "customer")

CUSTOMERS = (
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
)  # fmt: skip
