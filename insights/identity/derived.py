"""What is written onto a person from their orders."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Min

from insights.batches import batches
from insights.models import Customer, Order, overwrite

_BATCH = 1000


def first_orders(people: Iterable[int]) -> None:
    """Write the day of the first valid order onto each customer for whom it is another one.

    Args:
        people: primary keys.
    """
    wanted = sorted(set(people))
    for pks in batches(wanted, _BATCH):
        first = dict(
            Order.objects.filter(customer__in=pks, counts=True)
            .order_by()
            .values("customer")
            .annotate(day=Min("local_date"))
            .values_list("customer", "day")
        )
        wrong = {
            pk: (first.get(pk),)
            for pk, day in Customer.objects.filter(pk__in=pks).values_list("pk", "first_order_date")
            if day != first.get(pk)
        }
        overwrite(Customer, ("first_order_date",), wrong)
