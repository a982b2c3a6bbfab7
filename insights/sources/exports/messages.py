"""What platforms tell by webhooks, taken over as it comes: the same message twice, or an older one late, changes nothing."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from insights.cleaning import Unusable
from insights.cleaning.values import moment
from insights.models import Product
from insights.sources.exports import shopify, woocommerce
from insights.sources.exports.intake import Intake
from insights.sources.exports.mapping import Out, Platform, Said, text, when
from insights.sources.report import KindReport

_REMEMBERED = 3 * 86_400
"""Seconds for which it is known how new the last message about something was; platforms try again for two days."""
_FAR = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sender:
    """A platform that sends messages.

    Attributes:
        signature: the header that signs the body.
        topic: the header that says what it is about.
        readers: from a body to rows, by the subject of the topic.
        gone: the verbs of a topic which say that something is no more.
        changed: where a body says how new it is.
    """

    platform: Platform
    signature: str
    topic: str
    readers: Mapping[str, Callable[[Said], Iterable[Out]]]
    gone: frozenset[str]
    changed: tuple[str, ...]


SENDERS: dict[str, Sender] = {
    "shopify": Sender(
        shopify.SHOPIFY,
        "X-Shopify-Hmac-Sha256",
        "X-Shopify-Topic",
        {
            "orders": shopify.order_of,
            "refunds": shopify.refund_of,
            "customers": shopify.customer_of,
            "products": shopify.product_of,
        },
        frozenset({"delete"}),
        ("updated_at",),
    ),
    "woocommerce": Sender(
        woocommerce.WOOCOMMERCE,
        "X-WC-Webhook-Signature",
        "X-WC-Webhook-Topic",
        {
            "order": woocommerce.order_of,
            "customer": woocommerce.customer_of,
            "product": woocommerce.product_of,
        },
        frozenset({"deleted"}),
        ("date_modified_gmt",),
    ),
}
"""The platforms by name."""


def is_signed(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets signed the body; the time that it takes tells nothing of them."""
    given = signature.encode("utf-8", "replace")
    # Each is tried, so that a secret can be changed without a message lost in between.
    tried = [hmac.compare_digest(sign(body, secret), given) for secret in secrets]
    return any(tried)


def sign(body: bytes, secret: str) -> bytes:
    """The signature of a body: its HMAC by SHA-256, in Base64."""
    return base64.b64encode(hmac.new(secret.encode(), body, sha256).digest())


def take_message(sender: Sender, topic: str, body: Said) -> Mapping[str, KindReport] | None:
    """Take over one message.

    Args:
        topic: such as ``orders/updated`` or ``order.updated``.

    Returns:
        What became of its rows, by kind; None where it is about nothing that is kept, or an older one that comes late.
    """
    subject, _, verb = topic.replace(".", "/").partition("/")
    read = sender.readers.get(subject)
    if read is None or not text(body, "id"):
        return None
    intake = Intake(sender.platform)
    if verb in sender.gone:
        _remove(intake, sender, subject, text(body, "id"))
    else:
        name = _cache_key(sender.platform.channel, subject, text(body, "id"))
        newness = _newness(sender, body)
        known = cache.get(name)
        if newness is not None and known is not None and newness < known:
            return None
        intake.take(list(read(body)), once=("customers",) if subject == "orders" else ())
        if newness is not None:
            cache.set(name, newness, _REMEMBERED)
    intake.finish()
    return intake.reports


def forget_messages(channel: str, customers: Iterable[str]) -> int:
    """Forget how new the last messages about customers of a platform were; gives the number of those remembered."""
    subjects = [
        subject
        for sender in SENDERS.values()
        if sender.platform.channel == channel
        for subject in sender.readers
        if subject.removesuffix("s") == "customer"
    ]
    names = [_cache_key(channel, subject, key) for subject in subjects for key in customers]
    return sum(cache.delete(name) for name in names)


def _cache_key(channel: str, subject: str, key: str) -> str:
    about = salted_hmac("insights.message", f"{subject}:{key}").hexdigest()[:24]
    return f"insights:message:{channel}:{about}"


def _newness(sender: Sender, body: Said) -> float | None:
    said = next((value for name in sender.changed if (value := text(body, name))), "")
    if said and sender.platform is woocommerce.WOOCOMMERCE:
        said = f"{said.removesuffix('Z')}Z"
    try:
        at = moment(_FAR)(when(said), [])
    except Unusable:
        return None
    return None if at is None else float(at.timestamp())


def _remove(intake: Intake, sender: Sender, subject: str, key: str) -> None:
    """Take out what is no more. Products are only sold no longer, since orders name them."""
    kind = f"{subject.removesuffix('s')}s"
    channel = sender.platform.channel
    if kind == "products":
        known = {"external_id": key} if channel == "woocommerce" else {"attributes__shopify_id": key}
        Product.objects.filter(channel=channel, **known).update(is_active=False)
    elif kind in ("orders", "customers"):
        intake.remove(kind, {key})
