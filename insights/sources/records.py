"""What a row of each kind may say: the contract between any source and the tables.

An adapter's inner classes, the columns of an import file and the reference page all follow these lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from insights.cleaning import Column, values
from insights.cleaning.values import Reader
from insights.contacts import GUEST
from insights.models import AdSpend, Category, Customer, Event, Order, OrderLine, Product, Rating, Refund

OWN_KEYS = (GUEST, "return:")
"""What the keys of rows begin with that we have made ourselves."""


@dataclass(frozen=True)
class Field:
    """One value of a row.

    Attributes:
        read: how it is read; None for a point in time, whose reader depends on the day of the run.
        meaning: what it is, for the reference and for messages.
        required: a row without it is put into quarantine.
        strict: a row in which it cannot be read is put into quarantine, and one without it is not.
        of: the kind that it names a row of, by key.
        also: names under which an import file may have it.
        column: the column of our table, where it has another name; empty where it is not stored as it is.
    """

    name: str
    read: Reader | None
    meaning: str
    required: bool = False
    blank: Any = None
    of: str = ""
    also: tuple[str, ...] = ()
    column: str | None = None
    strict: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of row.

    Attributes:
        name: plural, as in commands: ``order_lines``.
        inner: the adapter's inner class: ``OrderLines``.
        derived: columns that the rules for rows fill beside those of the fields.
    """

    name: str
    inner: str
    model: type[Model]
    fields: tuple[Field, ...]
    derived: tuple[str, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}

    @property
    def references(self) -> tuple[Field, ...]:
        """The fields that name other rows."""
        return tuple(field for field in self.fields if field.of)

    @property
    def stored(self) -> Mapping[str, str]:
        """Column by value of a cleaned row, where it is written as it is; references are not."""
        columns = {field.name: field.name if field.column is None else field.column for field in self.fields}
        return {name: column for name, column in columns.items() if column} | {name: name for name in self.derived}

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the fields that a source cannot do without; the key may be the primary key."""
        return tuple(field.name for field in self.fields if field.required and field.name != "id")

    def columns(self, names: Iterable[str], now: datetime, date_format: str | None = None) -> list[Column]:
        """How the values of a source's rows are read, in its order."""
        moment = values.moment(values.latest_possible(now), date_format)
        fields = self.by_name
        chosen = [fields[name] for name in names]
        return [Column(field.name, field.read or moment, field.required, field.blank, field.strict) for field in chosen]

    def blanks(self, names: Iterable[str]) -> dict[str, Any]:
        """Values of the fields that a source does not give."""
        given = set(names)
        return {field.name: field.blank for field in self.fields if field.name not in given}


def _as_it_is(value: Any, notes: values.Notes) -> Any:
    return value


def _id(also: tuple[str, ...] = ()) -> Field:
    return Field("id", values.key, "the row's own key", required=True, also=("external_id", *also), column="")


def _text(name: str, limit: int, meaning: str, **more: Any) -> Field:
    return Field(name, values.text(limit), meaning, blank="", **more)


def _money(name: str, meaning: str, **more: Any) -> Field:
    return Field(name, values.money, meaning, **more)


def _when(name: str, meaning: str, **more: Any) -> Field:
    return Field(name, None, meaning, **more)


def _flag(name: str, meaning: str, blank: bool | None = False, **more: Any) -> Field:
    return Field(name, values.boolean, meaning, blank=blank, **more)


def _ref(name: str, of: str, meaning: str, **more: Any) -> Field:
    return Field(name, values.key, meaning, blank="", of=of, column="", **more)


_CURRENCY = Field("currency", values.currency, "ISO code; by default the adapter's, or the base currency", blank="")
_COUNTRY = Field("country", values.country, "name or ISO code", blank="")
_REGION = _text("region", 100, "state, county or province")
_CITY = _text("city", 100, "town", also=("town",))
_EMAIL = Field("email", values.email, "e-mail address", blank="", also=("email_address", "mail"))
_SOURCE = (
    _text("utm_source", 100, "campaign source"),
    _text("utm_medium", 100, "campaign medium"),
    _text("utm_campaign", 100, "campaign name"),
    _text("referrer", 500, "the page before", also=("referer",)),
)
_CUSTOMER = _ref("customer", "customers", "key of the customer", also=("customer_id", "user", "user_id"))
_PRODUCT = _ref("product", "products", "key of the product", also=("product_id", "sku", "stock_code", "stockcode"))
_ORDER = ("order_id", "order_number", "invoice", "invoice_no")

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "customers",
            "Customers",
            Customer,
            (
                _id(("customer", "customer_id", "user_id")),
                _EMAIL,
                _text("name", 200, "full name"),
                _text("phone", 32, "telephone number"),
                _text("language", 16, "language code"),
                _COUNTRY,
                _REGION,
                _CITY,
                _when("joined_at", "when the account was made", also=("date_joined", "created_at")),
                _flag("is_guest", "bought without an account"),
                _flag("is_staff", "works for the shop; left out of all figures"),
                _flag("is_test", "an account for tests; left out of all figures"),
                _flag("is_business", "a firm"),
                _flag("accepts_marketing", "agreed to be written to; empty: never asked", blank=None),
                _flag("objects_to_profiling", "wants no predictions about themselves"),
            ),
            ("email_hash", "is_real"),
        ),
        Kind(
            "categories",
            "Categories",
            Category,
            (
                _id(("category", "category_id", "slug")),
                _text("name", 200, "its name", required=True, also=("title",)),
                _ref("parent", "categories", "key of the category above", also=("parent_id",)),
            ),
        ),
        Kind(
            "products",
            "Products",
            Product,
            (
                _id(("product", "product_id", "sku", "stock_code", "stockcode")),
                _text("name", 300, "its name", also=("title", "description_short")),
                _ref("parent", "products", "key of the product of which it is a variant", also=("parent_id",)),
                _ref("category", "categories", "key of its category", also=("category_id",)),
                _text("brand", 120, "the maker", also=("manufacturer", "vendor")),
                Field("description", values.long_text, "text about it", blank=""),
                _money("price", "what it costs now", also=("unit_price",)),
                _money("was_price", "what it cost before", also=("compare_at_price", "list_price")),
                _money("unit_cost", "what it costs the shop", also=("cost",)),
                _CURRENCY,
                Field(
                    "stock", values.quantity, "how many there are; empty: not counted", also=("quantity", "inventory")
                ),
                _text("url", 500, "address of its page", also=("link",)),
                _text("image_url", 500, "address of its picture", also=("image", "image_link")),
                _when("published_at", "since when it is sold", also=("created_at",)),
                _flag("is_active", "is sold now", blank=True, also=("active",)),
                _flag("is_real", "is a product and no postage, fee or voucher", blank=True),
                Field("kind", _as_it_is, "what says which kind it is; see below", column=""),
                Field("attributes", values.json_object, "anything else, as a dictionary", blank={}),
            ),
        ),
        Kind(
            "orders",
            "Orders",
            Order,
            (
                _id(("order", "number", *_ORDER)),
                _when("placed_at", "when it was placed", required=True, also=("created_at", "date", "invoice_date")),
                _CUSTOMER,
                Field("email", values.email, "a guest's e-mail address", blank="", also=("guest_email",), column=""),
                _text("phone", 32, "a guest's telephone number", column=""),
                _text("name", 200, "a guest's name", column=""),
                Field("status", _as_it_is, "the shop's own word for where it stands", also=("state",)),
                _when("cancelled_at", "when it was cancelled"),
                _CURRENCY,
                _money(
                    "total", "what was paid; empty: the sum of its lines", also=("amount", "grand_total"), strict=True
                ),
                _money("tax", "the part of the total that is tax"),
                _money("shipping", "the part of the total that is postage"),
                _money("discount", "what was taken off"),
                _text("coupon", 64, "the code that took it off", also=("voucher", "discount_code")),
                _COUNTRY,
                _REGION,
                _CITY,
                *_SOURCE,
                _flag("is_test", "a test order; left out of all figures"),
                _flag("is_business", "bought by a firm"),
            ),
            ("is_cancelled",),
        ),
        Kind(
            "order_lines",
            "OrderLines",
            OrderLine,
            (
                _id(("line", "line_id")),
                _ref("order", "orders", "key of the order", required=True, also=_ORDER),
                _PRODUCT,
                _text("product_name", 300, "its name as it was sold", also=("title", "name", "description")),
                Field("quantity", values.quantity, "how many; negative for a return", True, also=("qty",)),
                _money("unit_price", "the price of one", also=("price",)),
                _money("amount", "the line's total after discount, where there is no price", column=""),
                _money("discount", "what was taken off the line", blank=0, strict=True),
                _money("unit_cost", "what one cost the shop", also=("cost",)),
                Field("kind", _as_it_is, "what says which kind it is; see below"),
            ),
            ("net_amount",),
        ),
        Kind(
            "refunds",
            "Refunds",
            Refund,
            (
                _id(("refund", "refund_id")),
                _ref("order", "orders", "key of the order", required=True, also=_ORDER),
                _ref("line", "order_lines", "key of the line"),
                _money("amount", "what was given back, above zero", required=True, also=("total",)),
                _when("occurred_at", "when it was given back", required=True, also=("created_at", "date")),
                _text("reason", 200, "why"),
            ),
        ),
        Kind(
            "ratings",
            "Ratings",
            Rating,
            (
                _id(("review", "review_id", "rating_id")),
                _ref("product", "products", "key of the product", required=True, also=_PRODUCT.also),
                _CUSTOMER,
                Field("value", values.number, "the stars", required=True, also=("rating", "stars", "score")),
                _when("occurred_at", "when it was given", required=True, also=("created_at", "date", "timestamp")),
                _text("title", 300, "headline"),
                Field("text", values.long_text, "what was written", blank="", also=("body", "review", "comment")),
            ),
        ),
        Kind(
            "events",
            "Events",
            Event,
            (
                _id(("event_id", "uuid")),
                _text("name", 32, "GA4's name for it, or the shop's own", required=True, also=("event", "event_name")),
                _when("occurred_at", "when it happened", required=True, also=("created_at", "timestamp", "time")),
                _CUSTOMER,
                _text(
                    "session",
                    64,
                    "what holds a visit together",
                    also=("session_key", "session_id"),
                    column="session_key",
                ),
                _PRODUCT,
                _text("order", 128, "key of the order", also=("order_ref", "order_id"), column="order_ref"),
                Field("quantity", values.quantity, "how many"),
                _money("value", "what it was worth"),
                _text("query", 200, "what was searched for", also=("search", "search_term")),
                _text("list_id", 64, "the list or widget that showed the product"),
                _text("page", 500, "path of the page", also=("path", "url")),
                *_SOURCE,
                _text("user_agent", 500, "the browser; machines are told by it, and it is not stored", column=""),
                _text("device", 16, "desktop, mobile or tablet; by default from the browser"),
                Field("properties", values.json_object, "anything else, as a dictionary", blank={}),
            ),
            ("bot",),
        ),
        Kind(
            "ad_spend",
            "AdSpend",
            AdSpend,
            (
                _id(),
                _when("day", "the day that was paid for", required=True, also=("date", "日期")),
                _text("source", 100, "who was paid, as in utm_source", required=True, also=("utm_source", "来源")),
                _text("medium", 100, "by which means, as in utm_medium", also=("utm_medium", "媒介")),
                _text(
                    "campaign",
                    100,
                    "the campaign, as in utm_campaign",
                    also=("utm_campaign", "campaign_name", "广告系列"),
                ),
                _CURRENCY,
                _money(
                    "cost", "what was paid", required=True, also=("spend", "amount_spent", "amount", "花费", "费用")
                ),
                Field("impressions", values.count, "how often it was shown", also=("impr", "views", "展示次数")),
                Field("clicks", values.count, "how often it was clicked", also=("link_clicks", "点击次数")),
            ),
            ("traffic",),
        ),
    )
}
"""All kinds, parents before children: the order of a sync."""
