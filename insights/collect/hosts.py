"""What the shop's own objects are called in our tables. The adapters of the settings know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.module_loading import import_string

from insights.conf import settings
from insights.models import Customer


def host_key(kind: str, row: Model) -> tuple[str, str] | None:
    """Channel and key of an object of the shop's models; None where no adapter maps it.

    Args:
        kind: ``customers``, ``products`` and so on.
        row: the object.

    Raises:
        AdapterError: the mapping is wrong.
    """
    for adapter in _adapters():
        key = adapter.key_of(kind, row)
        if key is not None:
            return adapter.name, key
    return None


def product_key(primary_key: str) -> str:
    """Our key of the shop's product with a primary key; empty where there is none, or one in each of several tables."""
    for adapter in _adapters():
        rows = []
        for model in adapter.models_of("products"):
            with suppress(ValueError, ValidationError):  # no primary key of that model
                rows += model._default_manager.using(adapter.database).filter(pk=primary_key)
        if rows:
            return adapter.key_of("products", rows[0]) or "" if len(rows) == 1 else ""
    return ""


def customer_of(user: Any) -> Customer | None:
    """The customer that a signed-in user is; None for strangers, and before the first sync knows the account."""
    if user is None or not user.is_authenticated:
        return None
    for adapter in _adapters():
        key = adapter.key_of_user(user)
        if key is None:
            continue
        customer = Customer.objects.select_related("merged_into").filter(channel=adapter.name, external_id=key).first()
        if customer is not None:
            return customer.merged_into or customer
    return None


def key_of_user(user: Any) -> tuple[str, str] | None:
    """Channel and key of the account that is signed in; None for strangers."""
    if user is None or not user.is_authenticated:
        return None
    return next(((adapter.name, key) for adapter in _adapters() if (key := adapter.key_of_user(user))), None)


def session_of(request: HttpRequest) -> str:
    """The key of the visit in the shop's own log, where an adapter maps one and tells; else empty."""
    return next((key[:64] for adapter in _adapters() if (key := adapter.session_of(request))), "")


def basket_of(request: HttpRequest) -> set[tuple[str, str]]:
    """Channel and key of each product in the visitor's basket, as far as the adapters tell."""
    return {(adapter.name, str(key)) for adapter in _adapters() for key in adapter.basket_of(request)}


def look_of(kind: str, channel: str, keys: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """What the adapter of a channel says of rows that are about to be shown; nothing for channels without one."""
    if not keys:
        return {}
    found: Mapping[str, Mapping[str, Any]] = next(
        (adapter.look_of(kind, keys) for adapter in _adapters() if adapter.name == channel), {}
    )
    return found


def _adapters() -> Iterator[Any]:
    # By name, since what comes in from files and tables stands beside this package, not below it.
    return (import_string(path)() for path in settings.ADAPTERS)
