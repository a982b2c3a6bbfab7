from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin import AdminSite
from django.db import connection
from django.test import Client, override_settings
from django.urls import path

from insights.panel import register
from insights.panel.sections import SECTIONS

pytestmark = pytest.mark.django_db

other = AdminSite(name="backstage")
register(other)
urlpatterns = [path("backstage/", other.urls)]


def test_register__lists_the_sections_in_the_admin(owner: Client, world: None) -> None:
    page = owner.get("/admin/").content.decode()
    for section in SECTIONS:
        assert str(section.label) in page
    assert "/admin/insights/overview/add/" not in page


def test_register__lists_what_one_may_see_only(world: None, clerk: Callable[..., Client]) -> None:
    page = clerk("ask_insights").get("/admin/").content.decode()
    assert "/admin/insights/ask/" in page
    assert "/admin/insights/training/" not in page


def test_register__the_sections_have_no_tables() -> None:
    tables = connection.introspection.table_names()
    assert not {f"insights_{section.key}" for section in SECTIONS} & set(tables)


@override_settings(ROOT_URLCONF=__name__)
def test_register__another_site_has_its_own_addresses(owner: Client, world: None) -> None:
    page = owner.get("/backstage/insights/").content.decode()
    assert 'href="/backstage/insights/customers/"' in page
    assert '="/admin/' not in page
