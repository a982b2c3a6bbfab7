"""What can be said of the adapter for django-oscar without Oscar; ``tests/hosts`` tries it on a real site."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User

from insights.contrib.oscar import OscarAdapter, adapter
from insights.contrib.oscar.dashboard import PANEL, add_entry, may_see
from insights.sources import problems


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Cancelled", "cancelled"),
        ("CANCELED by customer", "cancelled"),
        ("Payment declined", "cancelled"),
        ("Partly cancelled", None),
        ("Avoided", None),
        ("Refunded", "refunded"),
        ("Fully refunded", "refunded"),
        ("Partially refunded", None),
        ("Not cancelled", None),
        ("", None),
    ],
)
def test_statuses__are_known_by_the_words_that_shops_use(word: str, meaning: str | None) -> None:
    patterns = {"cancelled": adapter.CANCELLED, "refunded": adapter.REFUNDED}
    assert next((ours for ours, pattern in patterns.items() if pattern.fullmatch(word)), None) == meaning


def test_problems__without_oscar_are_told_by_the_name_of_each_table() -> None:
    found = [problem.message for problem in problems(OscarAdapter()) if problem.id == "insights.E013"]
    assert any("OscarAdapter.Orders.model is 'order.Order', and there is no such model." in said for said in found)
    assert any("OscarAdapter.Events.Views.model is 'analytics.UserProductView'" in said for said in found)


def test_add_entry__once_and_only_where_there_is_a_navigation(settings: Any) -> None:
    add_entry()  # a host without Oscar
    settings.OSCAR_DASHBOARD_NAVIGATION = [{"label": "Home", "url_name": "dashboard:index"}]
    add_entry()
    add_entry()
    assert [item.get("url_name") for item in settings.OSCAR_DASHBOARD_NAVIGATION] == ["dashboard:index", PANEL]
    placed = [{"label": "Reports", "children": [{"label": "Insights", "url_name": PANEL}]}]
    settings.OSCAR_DASHBOARD_NAVIGATION = placed
    add_entry()
    assert len(placed) == 1


@pytest.mark.django_db
def test_may_see__staff_with_the_permission() -> None:
    allowed = Permission.objects.get(content_type__app_label="insights", codename="view_insights")
    clerk, partner, boss = (
        User.objects.create_user(name, is_staff=name != "partner") for name in "clerk partner boss".split()
    )
    for user in (partner, boss):
        user.user_permissions.add(allowed)
    assert [may_see(user) for user in (AnonymousUser(), clerk, partner, boss)] == [False, False, False, True]


@pytest.mark.django_db
def test_may_see__not_where_the_admin_is_not_mounted(settings: Any) -> None:
    boss = User.objects.create_superuser("boss")
    assert may_see(boss)
    settings.ROOT_URLCONF = "insights.urls"
    assert not may_see(boss)
