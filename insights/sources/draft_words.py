"""How shops call their tables and columns: what the draft of an adapter goes by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

HEADS: Mapping[str, tuple[str, ...]] = {
    "orders": ("order", "purchase", "sale", "invoice", "transaction", "checkout"),
    "order_lines": ("line", "item", "entry", "position", "row", "detail", "product", "orderline", "orderitem"),
    "products": ("product", "article", "item", "good", "variant", "sku", "book", "edition", "title", "ware", "offer"),
    "customers": ("customer", "client", "buyer", "shopper", "contact", "person", "account", "user", "member"),
    "categories": ("category", "group", "department", "collection", "shelf", "section", "family"),
    "refunds": ("refund", "reimbursement", "repayment", "return", "chargeback", "creditnote", "payback"),
    "ratings": ("review", "rating", "opinion", "feedback", "testimonial", "vote", "assessment"),
    "events": ("event", "view", "hit", "activity", "action", "click", "search", "pageview", "tracking"),
}
"""Last words of the names of models, the likeliest first."""
TRANSIENT = frozenset(
    "basket cart wishlist wish quote stock shipment delivery parcel warehouse supplier subscription".split()
)
"""Words of models that look like orders and are none."""

_PLACED = (
    "placed_at date_placed placed_on ordered_at ordered_on order_date date_ordered purchased_at purchased_on "
    "purchase_date date_of_purchase bought_at bought_on sold_at sold_on"
)
_MADE = "created_at created date_created created_on creation_date date_added added_at added date timestamp time made"
_UPDATED = (
    "updated_at date_updated updated updated_on modified_at modified date_modified last_modified changed_at changed"
)

NAMES: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "email": "email email_address mail e_mail mail_address",
        "name": "full_name name display_name get_full_name",
        "phone": "phone phone_number telephone mobile tel",
        "language": "language preferred_language language_code lang locale",
        "country": "country country_code home_country",
        "region": "region state county province",
        "city": "city town",
        "joined_at": f"date_joined joined_at joined registered_at registered signup_date {_MADE}",
        "is_guest": "is_guest guest",
        "is_staff": "is_staff staff",
        "is_test": "is_test test",
        "is_business": "is_business is_company business",
        "accepts_marketing": "accepts_marketing marketing_consent marketing_opt_in accepts_newsletter newsletter opt_in",
    },
    "categories": {"id": "slug code", "name": "name title label", "parent": "parent parent_category"},
    "products": {
        "id": "sku stock_code stockcode article_number article_no product_number product_no item_number item_no "
        "product_code code upc ean",
        "name": "name title product_name label heading",
        "parent": "parent variation_parent",
        "category": "category main_category primary_category group department collection genre section shelf",
        "brand": "brand manufacturer maker vendor author writer",
        "description": "description long_description body text details",
        "price": "price unit_price price_incl_tax selling_price current_price retail_price sales_price gross_price",
        "was_price": "was_price compare_at_price list_price old_price rrp",
        "unit_cost": "unit_cost cost cost_price purchase_price",
        "currency": "currency price_currency currency_code",
        "stock": "stock stock_quantity quantity_in_stock num_in_stock inventory in_stock copies quantity qty",
        "url": "get_absolute_url",
        "image_url": "image_url picture_url photo_url thumbnail_url",
        "published_at": f"published_at available_from publish_date {_MADE}",
        "is_active": "is_active active on_sale for_sale is_public is_published is_available visible available enabled published",
    },
    "orders": {
        "id": "number order_number order_no reference ref invoice_number invoice_no order_ref code",
        "placed_at": f"{_PLACED} {_MADE}",
        "customer": "customer user buyer client purchaser shopper owner member reader account contact",
        "email": "email guest_email customer_email user_email email_address mail mail_address",
        "phone": "phone phone_number telephone mobile",
        "name": "name full_name customer_name recipient",
        "cancelled_at": "cancelled_at canceled_at date_cancelled voided_at",
        "currency": "currency currency_code",
        "total": "total total_incl_tax grand_total order_total total_price total_amount total_gross_amount total_gross "
        "taxful_total_price_value amount_paid amount_due to_pay paid amount sum price",
        "tax": "tax total_tax tax_amount vat tax_total",
        "shipping": "shipping shipping_incl_tax shipping_cost shipping_price shipping_total delivery_cost postage freight",
        "discount": "discount total_discount discount_amount discount_total",
        "coupon": "coupon coupon_code voucher voucher_code promo_code discount_code",
        "country": "country country_code shipping_country delivery_country destination_country dest_country billing_country land",
        "region": "region state county province",
        "city": "city town shipping_city delivery_city dest_city dest_town",
        "utm_source": "utm_source",
        "utm_medium": "utm_medium",
        "utm_campaign": "utm_campaign",
        "referrer": "referrer referer",
        "is_test": "is_test test",
        "is_business": "is_business",
    },
    "order_lines": {
        "order": "order purchase sale invoice",
        "product": "product article item variant good book edition",
        "product_name": "product_name title name label description",
        "quantity": "quantity qty amount_ordered pieces units copies number count",
        "unit_price": "unit_price unit_price_incl_tax price_each price each item_price price_incl_tax",
        "amount": "line_price_incl_tax line_total total_price total_price_gross_amount amount total subtotal sum",
        "discount": "discount discount_amount discount_amount_value rebate",
        "unit_cost": "unit_cost cost cost_price",
    },
    "refunds": {
        "order": "order purchase sale invoice",
        "line": "line order_line item",
        "amount": "amount total refunded_amount value sum",
        "occurred_at": f"refunded_at refund_date {_MADE}",
        "reason": "reason note comment description",
    },
    "ratings": {
        "product": "product article item",
        "customer": "customer user client author buyer reviewer owner",
        "value": "stars rating score value grade points",
        "occurred_at": f"reviewed_at rated_at {_MADE}",
        "title": "title headline summary",
        "text": "text body review comment content message",
    },
    "events": {
        "name": "event_name event name action verb kind type",
        "occurred_at": f"occurred_at happened_at {_MADE}",
        "customer": "customer user client account owner",
        "session": "session_key session_id session visitor visitor_id",
        "product": "product article item",
        "order": "order purchase",
        "quantity": "quantity qty",
        "value": "value amount revenue",
        "query": "query search_term search q",
        "page": "page path url",
        "utm_source": "utm_source",
        "utm_medium": "utm_medium",
        "utm_campaign": "utm_campaign",
        "referrer": "referrer referer",
        "user_agent": "user_agent",
        "device": "device",
    },
}
"""By kind and field: names of columns, the likeliest first."""
UPDATED = tuple(_UPDATED.split())
DELETED = ("is_deleted", "deleted", "is_removed")
APPROVED = ("is_approved", "approved", "is_public", "is_published", "is_visible")
STATUS = ("status", "state", "order_status", "order_state", "phase", "stage")
CENTS = re.compile(r"_?(in_)?(cents?|pence|minor(_units?)?)$")
"""How the names of columns end that hold whole cents."""

_STATUSES = (
    ("cancelled", r"cancel|storn|void|annul|failed|scrapped|expired|declined|取消|作废|失败"),
    ("refunded", r"refund|returned|money.?back|reimburs|sent.?back|退款|退货"),
    ("test", r"^test"),
    ("ignore", r"draft|basket|\bcart\b|shopping.?bag|abandon|草稿"),
)


def words(name: str) -> list[str]:
    """The words of a name in either manner of writing: ``OrderLine``, ``order_line``."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def head(name: str) -> str:
    """The last word of a model's name, in the singular."""
    found = words(name)
    last = found[-1] if found else ""
    if last.endswith("ies"):
        return last[:-3] + "y"
    return last[:-1] if last.endswith("s") and not last.endswith("ss") else last


def rank(name: str, kind: str) -> int:
    """How well a model's name fits a kind: 0 not at all."""
    known = HEADS[kind]
    return len(known) - known.index(head(name)) if head(name) in known else 0


def meaning_of(texts: Iterable[object]) -> str | None:
    """Our word for a status by its value and its label; None where it is an order like any other."""
    said = " ".join(str(text).casefold() for text in texts)
    return next((ours for ours, pattern in _STATUSES if re.search(pattern, said)), None)
