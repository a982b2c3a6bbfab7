"""``{% insights_card customer %}``: what the models say of a customer, on Oscar's page of that customer."""

from __future__ import annotations

import logging
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from insights import formats
from insights.collect import host_key
from insights.contrib.oscar.dashboard import may_see
from insights.models import Customer, CustomerState
from insights.vocabulary import label

register = template.Library()
logger = logging.getLogger(__name__)


@register.inclusion_tag("insights/oscar/card.html", takes_context=True)
def insights_card(context: template.Context, customer: Any) -> dict[str, Any]:
    """Segment, chance to leave, next order and worth; nothing for those who may not see the panel.

    Args:
        customer: the user whose page it is.
    """
    request = context.get("request")
    if request is None or not may_see(request.user):
        return {}
    try:
        return _card(customer)
    except Exception:
        logger.exception("The tag insights_card shows nothing, because of this:")
        return {}


def _card(user: Any) -> dict[str, Any]:
    named = host_key("customers", user)
    if named is None:
        return {}
    channel, key = named
    customer = Customer.objects.select_related("merged_into").filter(channel=channel, external_id=key).first()
    if customer is None:
        return {}
    customer = customer.merged_into or customer
    state = CustomerState.objects.current().filter(customer=customer).first()
    return {"rows": _rows(state) if state else [], "url": _address(customer)}


def _rows(state: CustomerState) -> list[tuple[str, str]]:
    rows = [(_("Segment"), label("segment", state.segment, formats.language()))]
    if state.churn_probability is not None:
        rows.append((_("May not come back"), formats.chance(state.churn_probability)))
    if state.next_order_expected is not None:
        rows.append((_("Next order"), formats.day(state.next_order_expected)))
    if state.value_365 is not None:
        rows.append((_("Worth in the next 12 months"), formats.money(state.value_365)))
    return rows


def _address(customer: Customer) -> str:
    try:
        return reverse("admin:insights_customer", args=[customer.external_id])
    except NoReverseMatch:
        return ""
