"""What customers can be chosen and sorted by: each field with its names, its phrase and its expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import (
    Avg,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from insights import vocabulary
from insights.analytics.dimensions import DIMENSIONS
from insights.analytics.facts import FACTS, Scope, counted_then
from insights.analytics.functions import DaysBetween
from insights.analytics.readers import Expression, first_order_day
from insights.analytics.time import TimeRange, today
from insights.models import MoneyField, Order, Rating, Refund
from insights.vocabulary import Term

Kind = Literal[
    "term", "text", "number", "days", "rate", "money", "score", "date", "flag", "period", "product", "category", "brand"
]
Read = Callable[[Scope, TimeRange | None], Expression]
CUSTOMERS = FACTS["customers"]


@dataclass(frozen=True)
class CustomerField:
    """Something that is known of each customer.

    Attributes:
        kind: of its values; ``period``, ``product``, ``category`` and ``brand`` ask whether there is a
            valid order of that kind.
        read: its expression for a scope and, where ``recent`` allows it, for the days of a time range.
        phrase_en, phrase_zh: with ``{r}`` for the condition in words.
        recent: whether it can be asked of the last so many days, or of a time range, alone.
        of_states: whether it is read from the current customer states.
    """

    key: str
    label_en: str
    label_zh: str
    kind: Kind
    phrase_en: str
    phrase_zh: str
    read: Read | None = None
    terms: Mapping[str, Term] = field(default_factory=dict)
    recent: bool = False
    of_states: bool = False

    def label(self, language: str) -> str:
        """The name in a language."""
        return self.label_zh if language.startswith("zh") else self.label_en


def orders_within(scope: Scope, within: TimeRange | None) -> QuerySet[Order]:
    """Valid orders, of all time or of a time range."""
    return _within(Order.objects.valid(scope.as_of).order_by(), within)


def _within(rows: QuerySet[Any], within: TimeRange | None) -> QuerySet[Any]:
    return rows if within is None else rows.filter(local_date__gte=within.start, local_date__lt=within.end)


def _theirs(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.filter(customer=OuterRef("pk"))


def _orders(scope: Scope, within: TimeRange | None) -> Expression:
    counted = _theirs(orders_within(scope, within)).values("customer").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def _spend(scope: Scope, within: TimeRange | None) -> Expression:
    paid = _theirs(orders_within(scope, within)).values("customer").annotate(sum=Sum("base_total")).values("sum")
    refunds = Refund.objects.filter(counted_then(scope.as_of, "order__"), order__customer=OuterRef("pk")).order_by()
    if scope.as_of is not None:
        refunds = refunds.filter(occurred_at__lt=scope.as_of)
    back = _within(refunds, within).values("order__customer").annotate(sum=Sum("base_amount")).values("sum")
    none = Value(0, output_field=MoneyField())
    return ExpressionWrapper(
        Coalesce(Subquery(paid), none, output_field=MoneyField())
        - Coalesce(Subquery(back), none, output_field=MoneyField()),
        output_field=MoneyField(),
    )


def _last_order(scope: Scope, within: TimeRange | None) -> Expression:
    last = _theirs(Order.objects.valid(scope.as_of)).order_by("-placed_at")
    return Subquery(last.values("local_date")[:1], output_field=DateField())


def _recency(scope: Scope, within: TimeRange | None) -> Expression:
    return DaysBetween(_last_order(scope, within), Value(today(scope.as_of), output_field=DateField()))


def _first_order(scope: Scope, within: TimeRange | None) -> Expression:
    first = first_order_day(CUSTOMERS, scope)
    assert first is not None
    return first


def _rating(scope: Scope, within: TimeRange | None) -> Expression:
    ratings = Rating.objects.filter(counts=True, customer=OuterRef("pk")).order_by()
    if scope.as_of is not None:
        ratings = ratings.filter(occurred_at__lt=scope.as_of)
    return Subquery(ratings.values("customer").annotate(mean=Avg("value")).values("mean"), output_field=FloatField())


def _dimension(key: str) -> Read:
    def read(scope: Scope, within: TimeRange | None) -> Expression:
        expression = DIMENSIONS[key].read(CUSTOMERS, scope)
        assert expression is not None
        return expression

    return read


def _state(column: str) -> Read:
    return lambda scope, within: CUSTOMERS.state(column)


def _own(column: str) -> Read:
    return lambda scope, within: F(column)


CUSTOMER_FIELDS: dict[str, CustomerField] = {
    item.key: item
    for item in (
        CustomerField("segment", "Segment", "分群", "term", "whose segment is {r}", "分群{r}", _dimension("segment"), vocabulary.RFM_SEGMENTS, of_states=True),
        CustomerField("rfm_type", "RFM type", "RFM 类型", "term", "whose RFM type is {r}", "RFM 类型{r}", _dimension("rfm_type"), vocabulary.RFM_TYPES, of_states=True),
        CustomerField("cluster", "Cluster", "聚类", "number", "in cluster {r}", "聚类{r}", _state("cluster"), of_states=True),
        CustomerField("churn_band", "Churn risk band", "流失等级", "term", "whose churn risk is {r}", "流失等级{r}", _dimension("churn_band"), vocabulary.CHURN_BANDS, of_states=True),
        CustomerField("value_band", "Value band", "价值等级", "term", "whose value is {r}", "价值等级{r}", _dimension("value_band"), vocabulary.VALUE_BANDS, of_states=True),
        CustomerField("churn_probability", "Churn risk", "流失风险", "rate", "with a churn risk of {r}", "流失风险{r}", _state("churn_probability"), of_states=True),
        CustomerField("purchase_probability", "Purchase probability", "购买概率", "rate", "with a purchase probability of {r}", "购买概率{r}", _state("purchase_probability"), of_states=True),
        CustomerField("value_365", "Expected value, 365 days", "未来 365 天预期价值", "money", "with an expected value of {r} over the next 365 days", "未来 365 天预期价值{r}", _state("value_365"), of_states=True),
        CustomerField("next_order_expected", "Expected next order", "预计下次下单日", "date", "whose next order is expected {r}", "预计下次下单日{r}", _state("next_order_expected"), of_states=True),
        CustomerField("orders", "Orders", "订单数", "number", "with {r} orders", "订单数{r}", _orders, recent=True),
        CustomerField("spend", "Spend", "消费金额", "money", "who spent {r}", "消费{r}", _spend, recent=True),
        CustomerField("recency_days", "Days since the last order", "距上次下单天数", "days", "whose last order was {r} ago", "距上次下单{r}", _recency),
        CustomerField("last_order", "Last order", "最近下单日", "date", "whose last order was {r}", "最近一次下单{r}", _last_order),
        CustomerField("first_order", "First order", "首次下单日", "date", "whose first order was {r}", "首次下单{r}", _first_order),
        CustomerField("ordered", "Ordered in a period", "时段内下单", "period", "who ordered {r}", "{r}下过单"),
        CustomerField("joined", "Joined", "注册日", "date", "who joined {r}", "注册{r}", _own("joined_at__date")),
        CustomerField("country", "Country", "国家", "text", "whose country is {r}", "国家{r}", _dimension("country")),
        CustomerField("region", "Region", "地区", "text", "whose region is {r}", "地区{r}", _dimension("region")),
        CustomerField("city", "City", "城市", "text", "whose city is {r}", "城市{r}", _dimension("city")),
        CustomerField("channel", "Channel", "渠道", "text", "whose channel is {r}", "渠道{r}", _own("channel")),
        CustomerField("first_channel", "First channel", "首次渠道", "term", "who first came by {r}", "首次渠道{r}", _dimension("first_channel"), vocabulary.TRAFFIC),
        CustomerField("bought_product", "Bought product", "买过的商品", "product", "who bought {r}", "买过{r}", recent=True),
        CustomerField("bought_category", "Bought category", "买过的品类", "category", "who bought from {r}", "买过品类{r}", recent=True),
        CustomerField("bought_brand", "Bought brand", "买过的品牌", "brand", "who bought the brand {r}", "买过品牌{r}", recent=True),
        CustomerField("average_rating", "Average rating given", "平均评分", "score", "whose ratings average {r}", "平均评分{r}", _rating),
        CustomerField("is_guest", "Guest", "游客", "flag", "who are guests|who have an account", "是游客|有账户", _own("is_guest")),
        CustomerField("accepts_marketing", "Accepts marketing", "接受营销", "flag", "who accept marketing|who have not accepted marketing", "接受营销信息|未接受营销信息", _own("accepts_marketing")),
        CustomerField("is_business", "Business customer", "企业客户", "flag", "who are businesses|who are private persons", "是企业客户|是个人客户", _own("is_business")),
    )
}  # fmt: skip
ALIASES = {
    "frequency": "orders",
    "monetary": "spend",
    "revenue": "spend",
    "value": "value_365",
    "clv": "value_365",
    "recency": "recency_days",
    "last_order_date": "last_order",
    "first_order_date": "first_order",
    "churn_risk": "churn_probability",
    "rating": "average_rating",
    "product": "bought_product",
    "category": "bought_category",
    "brand": "bought_brand",
}
