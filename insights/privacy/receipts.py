"""What is known of somebody who was forgotten: that it was done, and when."""

from __future__ import annotations

from insights.cleaning import normal_email
from insights.consent import CONTACT, subject_hash
from insights.contacts import contact, secrets, stored_key
from insights.models import Customer, Erasure, Order
from insights.privacy.erase import ErasureReceipt, receipt_of
from insights.sources import FILES_CHANNEL, SENDERS, get_adapters


def find_receipt(identifier: str, channel: str | None = None) -> ErasureReceipt | None:
    """The latest receipt of somebody who had an id, an e-mail address or a telephone number; None where there is none."""
    wanted = identifier.strip()
    address = normal_email(wanted)
    named = [(place, stored_key(wanted)) for place in ([channel] if channel else _channels())]
    named += [
        (CONTACT, reached) for reached in {contact(address, ""), contact("", "" if address else wanted)} if reached
    ]
    hashes = {subject_hash(place, name, secret) for place, name in named for secret in secrets()}
    found = Erasure.objects.filter(suppressions__subject_hash__in=hashes).order_by("-erased_at", "-pk").first()
    return None if found is None else receipt_of(found, already=True)


def _channels() -> set[str]:
    """All that a customer may have been of, also one who was the only customer there."""
    known = {adapter.name for adapter in get_adapters()} | {sender.platform.channel for sender in SENDERS.values()}
    known.add(FILES_CHANNEL)
    for model in (Customer, Order):
        known |= set(model._default_manager.order_by().values_list("channel", flat=True).distinct())
    return known
