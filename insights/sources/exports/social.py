"""What people say elsewhere: reviews with stars as ratings; comments, shares and mentions as events with their text.

Who wrote it is kept only where it is a customer of the shop, by key or by e-mail address; names of accounts are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from urllib.parse import urlsplit

from insights.cleaning import normal_email
from insights.contacts import email_hash
from insights.masking import without_addresses
from insights.models import Customer
from insights.sources.exports.mapping import Out, Platform, ReadyMapping, Said, number, of, text, when

SOCIAL = Platform(
    channel="social",
    fields={
        "ratings": ("id", "product", "customer", "value", "occurred_at", "title", "text"),
        "events": (
            "id", "name", "occurred_at", "customer", "product", "page", "referrer", "utm_source", "utm_campaign",
            "properties",
        ),
    },
    products="shop",
)  # fmt: skip
_NAMES = {
    "share": "share", "shared": "share", "repost": "share", "retweet": "share", "pin": "share",
    "comment": "comment", "reply": "comment", "question": "comment",
    "mention": "mention", "tag": "mention", "post": "mention", "story": "mention",
    "review": "review", "rating": "review",
}  # fmt: skip


def _said(rows: Sequence[Said]) -> Iterator[Out]:
    for row in rows:
        what = text(row, "type", "kind", "event", "action").lower()
        at = when(of(row, "occurred_at", "created_at", "review_date", "date", "timestamp"))
        words = without_addresses(str(of(row, "text", "body", "comment", "message", "review", "review_content")))
        title = text(row, "title", "review_title", "headline")
        stars = number(of(row, "rating", "stars", "score", "review_score", "value"))
        product = text(row, "product", "product_id", "sku", "product_sku", "product_handle")
        own = text(row, "id", "review_id", "post_id", "comment_id")
        network = text(row, "network", "platform", "source")
        key = f"{network}:{own}" if own else f"row:{_digest(network, what, at, product, words)}"
        common = {"id": key[:128], "customer": _customer(row), "product": product, "occurred_at": at}
        if stars is not None and product:
            yield "ratings", {**common, "value": stars, "title": title, "text": words}
            continue
        link = urlsplit(text(row, "url", "link", "permalink")[:2000])
        yield (
            "events",
            {
                **common,
                "name": _NAMES.get(what, what or "mention"),
                "page": text(row, "page"),
                "referrer": f"{link.scheme}://{link.netloc}{link.path}" if link.netloc else "",
                "utm_source": network,
                "utm_campaign": text(row, "campaign"),
                "properties": {name: value for name, value in (("text", words), ("title", title)) if value},
            },
        )


def _customer(row: Said) -> str:
    key = text(row, "customer", "customer_id")
    address = normal_email(text(row, "email", "reviewer_email", "author_email"))
    if key or not address:
        return key
    found = Customer.objects.filter(channel=SOCIAL.products, email_hash=email_hash(address))
    return found.order_by("pk").values_list("external_id", flat=True).first() or ""


def _digest(*said: str) -> str:
    return blake2b("\n".join(said).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


MAPPINGS = (
    ReadyMapping(
        "social",
        SOCIAL,
        (("occurred_at", "created_at", "review_date", "date", "timestamp"),),
        (),
        _said,
    ),
)
