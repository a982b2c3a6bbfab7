"""Rows from before addresses were kept as hashes alone, brought to what is stored since."""

from __future__ import annotations

from insights.batches import batches
from insights.cleaning import normal_email
from insights.contacts import are_hashed, email_hash, marked, stored_key
from insights.identity import stored_phone_key
from insights.models import Customer, QuarantinedRow, atomic, overwrite

_AT_ONCE = 1_000


def hide_contacts() -> int:
    """Put hashes in the place of addresses and numbers, where the settings want them; gives the number of rows."""
    if not are_hashed():
        return 0
    plain = Customer.objects.exclude(email="", phone="").order_by().values_list("pk", flat=True)
    named = Customer.objects.filter(external_id__contains="@").order_by().values_list("pk", flat=True)
    waiting = QuarantinedRow.objects.order_by().values_list("pk", flat=True)
    done = 0
    for pks in batches(sorted({*plain, *named}), _AT_ONCE):
        with atomic():
            done += _hide_people(pks)
    for pks in batches(sorted(waiting), _AT_ONCE):
        with atomic():
            done += _hide_waiting(pks)
    return done


def _hide_people(pks: list[int]) -> int:
    rows = Customer.objects.filter(pk__in=pks).values_list(
        "pk", "external_id", "email", "email_hash", "phone", "country"
    )
    # An address of before is hashed once more: an older SECRET_KEY made another hash of it.
    found = {
        pk: (stored_key(key), email_hash(email) or hashed, stored_phone_key(phone, country))
        for pk, key, email, hashed, phone, country in rows
    }
    overwrite(Customer, ("external_id", "email_hash", "phone_key"), found)
    Customer.objects.filter(pk__in=pks).update(email="", phone="")
    return len(found)


def _hide_waiting(pks: list[int]) -> int:
    said = dict(QuarantinedRow.objects.filter(pk__in=pks).values_list("pk", "row"))
    hidden = {pk: marked(row, normal_email) for pk, row in said.items()}
    changed = {pk: (row,) for pk, row in hidden.items() if row != said[pk]}
    overwrite(QuarantinedRow, ("row",), changed)
    return len(changed)
