"""By what figures are broken down and filtered: each dimension with its names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from insights import vocabulary
from insights.analytics import readers
from insights.analytics.facts import FACTS, Scope
from insights.analytics.readers import PRICE_EDGES, UNKNOWN, Reader
from insights.analytics.time import GRAINS
from insights.vocabulary import Term

UNKNOWN_TERM = Term(UNKNOWN, "Unknown", "未知", 999)
Kind = Literal["text", "term", "product", "category", "customer", "time", "number"]


@dataclass(frozen=True)
class Dimension:
    """A way to break figures down.

    Attributes:
        kind: what its values are: free text, keys of ``terms``, rows of a table (product, category,
            customer), first days of stretches of time, or numbers.
        read: the expression of its value for a fact, or None when the fact has no such thing.
        terms: the names and the order of its values, where they are known beforehand.
        of_states: whether it is read from the current customer states.
    """

    key: str
    label_en: str
    label_zh: str
    read: Reader
    kind: Kind = "text"
    synonyms_en: tuple[str, ...] = ()
    synonyms_zh: tuple[str, ...] = ()
    terms: Mapping[Any, Term] = field(default_factory=dict)
    of_states: bool = False

    def label(self, language: str) -> str:
        """The name in a language."""
        return self.label_zh if language.startswith("zh") else self.label_en

    @property
    def facts(self) -> tuple[str, ...]:
        """Keys of the facts that it applies to."""
        return tuple(key for key, fact in FACTS.items() if self.read(fact, Scope()) is not None)


def _price_terms() -> dict[int, Term]:
    edges = [0, *PRICE_EDGES]
    pairs = pairwise(edges)
    terms = {
        index: Term(str(index), f"{low}–{high}", f"{low}–{high}", index) for index, (low, high) in enumerate(pairs)
    }
    last = len(PRICE_EDGES)
    return {**terms, last: Term(str(last), f"{edges[-1]} and over", f"{edges[-1]} 及以上", last)}


_WEEKDAYS = {
    index + 1: Term(str(index + 1), en, zh, index)
    for index, (en, zh) in enumerate(
        zip(
            "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
            "星期一 星期二 星期三 星期四 星期五 星期六 星期日".split(),
            strict=True,
        )
    )
}
_HOURS = {hour: Term(str(hour), f"{hour:02d}:00", f"{hour} 时", hour) for hour in range(24)}
_NEW_OR_RETURNING = {
    "new": Term("new", "New", "新客", 0),
    "returning": Term("returning", "Returning", "老客", 1),
    "guest": Term("guest", "Guests", "游客", 2),
}
_NO_COUPON = {"none": Term("none", "No coupon", "未用优惠券", 998)}
_SOURCES = {
    "direct": Term("direct", "Direct", "直接访问", 0),
    "referral": Term("referral", "Referral", "外部链接", 1),
}

DIMENSIONS: dict[str, Dimension] = {
    dimension.key: dimension
    for dimension in (
        Dimension("day", "Day", "日", readers.bucket("day"), "time", ("date", "days"), ("日期", "天", "每日")),
        Dimension("week", "Week", "周", readers.bucket("week"), "time", ("weeks",), ("每周",)),
        Dimension("month", "Month", "月", readers.bucket("month"), "time", ("months",), ("月份", "每月")),
        Dimension("quarter", "Quarter", "季度", readers.bucket("quarter"), "time", ("quarters",), ("季", "每季度")),
        Dimension("year", "Year", "年", readers.bucket("year"), "time", ("years",), ("年份", "每年")),
        Dimension("weekday", "Weekday", "星期", readers.weekday, "number", ("day of the week", "day of week"), ("星期几", "周几"), _WEEKDAYS),
        Dimension("hour", "Hour", "小时", readers.hour, "number", ("hour of the day", "time of day"), ("时段", "钟点"), _HOURS),
        Dimension("channel", "Channel", "渠道", readers.channel, "text", ("sales channel", "channels"), ("销售渠道",)),
        Dimension("country", "Country", "国家", readers.place("country"), "text", ("countries", "market", "nation"), ("国家地区", "市场")),
        Dimension("region", "Region", "地区", readers.place("region"), "text", ("regions", "province", "county"), ("省份", "省")),
        Dimension("city", "City", "城市", readers.place("city"), "text", ("cities", "town"), ("市",)),
        Dimension("category", "Category", "品类", readers.category, "category", ("categories", "department", "product group"), ("类目", "分类", "商品类别")),
        Dimension("brand", "Brand", "品牌", readers.of_product("brand"), "text", ("brands", "maker", "manufacturer"), ("牌子",)),
        Dimension("product", "Product", "商品", readers.product, "product", ("products", "item", "article", "sku"), ("产品", "货品", "单品")),
        Dimension("price_band", "Price band", "价格带", readers.price_band, "number", ("price range", "price bracket"), ("价格区间", "价位"), _price_terms()),
        Dimension("coupon", "Coupon", "优惠券", readers.column("order", "coupon", "none"), "text", ("voucher", "discount code", "promo code"), ("优惠码", "折扣码"), _NO_COUPON),
        Dimension("currency", "Currency", "币种", readers.column("order", "currency"), "text", ("currencies", "order currency"), ("货币", "付款币种", "结算币种")),
        Dimension("order_status", "Order status", "订单状态", readers.column("order", "status"), "text", ("status",), ("状态",)),
        Dimension("new_or_returning", "New or returning", "新老客", readers.new_or_returning, "term", ("new vs returning", "new versus returning", "new and returning"), ("新客老客", "新老客户"), _NEW_OR_RETURNING),
        Dimension("segment", "Segment", "分群", readers.of_state("segment"), "term", ("segments", "rfm segment", "customer group"), ("客群", "客户分群", "人群"), vocabulary.RFM_SEGMENTS, True),
        Dimension("rfm_type", "RFM type", "RFM 类型", readers.of_state("rfm_type"), "term", ("customer type", "eight types"), ("客户类型", "八类客户"), vocabulary.RFM_TYPES, True),
        Dimension("cluster", "Cluster", "聚类", readers.cluster, "number", ("clusters",), ("聚类群",), {}, True),
        Dimension("churn_band", "Churn band", "流失等级", readers.of_state("churn_band"), "term", ("churn risk band", "risk band"), ("流失风险等级",), vocabulary.CHURN_BANDS, True),
        Dimension("value_band", "Value band", "价值等级", readers.of_state("value_band"), "term", ("value tier", "customer value"), ("价值分层",), vocabulary.VALUE_BANDS, True),
        Dimension("cohort", "Acquisition cohort", "获客月份", readers.cohort, "time", ("cohort", "month of first order"), ("同期群", "首购月份")),
        Dimension("first_product", "First product", "首购商品", readers.first_product, "product", ("first purchase", "entry product"), ("首单商品",)),
        Dimension("traffic_source", "Traffic source", "流量来源", readers.traffic_source, "text", ("source", "utm source", "referrer"), ("来源", "访问来源"), _SOURCES),
        Dimension("first_channel", "First channel", "首次渠道", readers.first_channel, "term", ("first touch", "first-touch channel", "first touch channel", "acquisition channel"), ("首次触点", "获客渠道", "首次来源渠道"), vocabulary.TRAFFIC),
        Dimension("last_channel", "Last channel", "末次渠道", readers.last_channel, "term", ("last touch", "last-touch channel", "last touch channel", "traffic channel", "marketing channel", "channel group"), ("末次触点", "流量渠道", "营销渠道", "末次来源渠道"), vocabulary.TRAFFIC),
        Dimension("medium", "Medium", "媒介", readers.medium, "text", ("utm medium", "traffic medium"), ("流量媒介", "推广媒介")),
        Dimension("campaign", "Campaign", "营销活动", readers.campaign, "text", ("campaigns", "utm campaign"), ("活动", "推广活动")),
        Dimension("device", "Device", "设备", readers.device, "text", ("devices", "device type"), ("终端", "设备类型")),
        Dimension("customer", "Customer", "客户", readers.customer, "customer", ("customers", "client", "buyer"), ("顾客", "用户", "会员")),
    )
}  # fmt: skip
TIME_DIMENSIONS = frozenset(GRAINS)
