"""The rows that a caller means: one of ours, a key of the shop, or an object of the shop's own models."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from insights.collect import host_key
from insights.exceptions import InsightsError, nearest
from insights.models import Customer, Product


def find_customer(wanted: Customer | Model | str | int | None) -> Customer | None:
    """The customer, after merges; None for None.

    Raises:
        InsightsError: nobody has the key; the message names the nearest.
    """
    if wanted is None:
        return None
    customer = wanted if isinstance(wanted, Customer) else _find(Customer.objects.all(), "customers", wanted)
    return customer.merged_into or customer


def find_product(wanted: Product | Model | str | int | None) -> Product | None:
    """The product, or the parent of a variant; None for None.

    Raises:
        InsightsError: nothing has the key; the message names the nearest.
    """
    if wanted is None or wanted == "":
        return None
    products = Product.objects.select_related("parent", "category")
    product = wanted if isinstance(wanted, Product) else _find(products, "products", wanted)
    return product.parent or product


def _find(rows: QuerySet[Any], kind: str, wanted: Model | str | int) -> Any:
    if isinstance(wanted, Model):
        named = host_key(kind, wanted)
        if named is None:
            raise InsightsError(
                _("No adapter maps %(model)s to %(kind)s. Give the key instead, or map the model.")
                % {"model": wanted._meta.label, "kind": kind}
            )
        channel, key = named
        rows = rows.filter(channel=channel)
    else:
        key = str(wanted).strip()
    # The shop's own rows go before those of other channels that use the same key.
    found = sorted(rows.filter(external_id=key)[:20], key=lambda row: (row.channel != "shop", row.pk))
    if found:
        return found[0]
    like = rows.filter(external_id__istartswith=key[:2]).values_list("external_id", flat=True)[:200]
    close = nearest(key, like)
    thing = _("customer") if kind == "customers" else _("product")
    message = _("No %(thing)s has the key “%(key)s”.") % {"thing": thing, "key": key}
    raise InsightsError(message + (" " + _("Did you mean “%(close)s”?") % {"close": close} if close else ""))
