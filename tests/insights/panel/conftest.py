"""One small shop for the tests of a module, and those who look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.test import Client, RequestFactory

from insights.models import (
    Category,
    Customer,
    CustomerState,
    Event,
    ModelVersion,
    Order,
    OrderLine,
    Product,
    Publication,
    QuarantinedRow,
    Rating,
    Refund,
    Run,
    SyncCursor,
    Visit,
    Visitor,
)
from tests.insights.panel import data


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A shop of thirty customers, trained and synced; what a test changes is undone after it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        data.shop(30)
        data.trained()
        data.synced()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def bare(db: None) -> None:
    """Nothing at all, also in a module whose other tests have the world."""
    for model in (Event, Visit, Visitor, CustomerState, Publication, ModelVersion, Run, OrderLine, Refund, Rating, Order,
                  Customer, Product, Category, QuarantinedRow, SyncCursor):  # fmt: skip
        model._default_manager.all().delete()


@pytest.fixture
def owner(client: Client) -> Client:
    """Somebody who may do everything."""
    client.force_login(User.objects.create_superuser("maya"))
    return client


@pytest.fixture
def clerk() -> Callable[..., Client]:
    """Makes a member of the staff with certain permissions."""

    def made(*permissions: str, name: str = "clerk") -> Client:
        user = User.objects.create(username=name, is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        found = Client()
        found.force_login(user)
        return found

    return made


@pytest.fixture
def ask_for() -> Callable[..., Any]:
    """Makes a request of somebody with certain permissions, for what is below the pages."""

    def made(*permissions: str, path: str = "/") -> Any:
        request = RequestFactory().get(path)
        request.user = AnonymousUser()
        if permissions:
            user = User.objects.create(username=f"with {' '.join(permissions)}", is_staff=True)
            user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
            request.user = User.objects.get(pk=user.pk)
        return request

    return made
