from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from insights.models import Run, Suppression
from insights.privacy import KINDS, apply
from tests.insights.panel.html import Node, faults, read
from tests.insights.privacy import aged

pytestmark = pytest.mark.django_db
URL = "/admin/insights/privacy/"


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def row(page: Node, name: str) -> list[str]:
    (found,) = [line for line in page.every("tr") if line.children and line.children[0].own.strip().startswith(name)]
    return [cell.text for cell in found.children]


def test_each_kind_is_there_with_its_days_and_rows(owner: Client, bare: None, settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "RETENTION": {"SCORES": None}}
    for age in (800, 20, 1):
        aged.an_event(age + (aged.today() - timezone.localdate()).days)
    text = owner.get(URL).content.decode()
    assert faults(text) == []
    page = read(text)
    for kind in KINDS:
        assert row(page, str(kind.label))
    events = row(page, "Events")
    assert events[1].startswith("760 days")
    assert [cell.split()[0] for cell in events[2:]] == ["3", "1", "2"]
    assert row(page, "History of scores")[1] == "for ever"
    assert row(page, "Inbox")[1] == "60 minutes"


def test_what_waits_for_too_long_is_said_until_it_went(owner: Client, bare: None) -> None:
    assert "nothing lets go of them" not in owner.get(URL).content.decode()
    cache.clear()
    aged.an_event(900 + (aged.today() - timezone.localdate()).days)
    page = owner.get(URL).content.decode()
    assert "nothing lets go of them" in page
    assert "Nothing has been let go of yet." in page
    apply(timezone.now())
    page = owner.get(URL).content.decode()
    assert "nothing lets go of them" not in page
    assert "1 row was let go of on" in page
    assert Run.objects.filter(kind="retention").count() == 1


def test_the_mode_of_the_shop_is_marked(owner: Client, bare: None, settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "TRACKING": "cookieless"}
    page = read(owner.get(URL).content.decode())
    strong = [line for line in page.every("tr") if "is-strong" in line.classes()]
    assert [line.children[0].own.strip() for line in strong] == ["Without cookies"]
    assert "consent, for the cookie" in page.text


def test_who_was_forgotten_is_counted_and_no_more(owner: Client, bare: None) -> None:
    assert "insights_forget" in owner.get(URL).content.decode()
    Suppression.objects.create(subject_hash="a" * 64)
    page = owner.get(URL).content.decode()
    assert "through sync or import: 1." in page
    assert "a" * 12 not in page


def test_counts_stand_for_ten_minutes(owner: Client, bare: None, django_assert_max_num_queries: Any) -> None:
    owner.get(URL)
    with django_assert_max_num_queries(8):
        owner.get(URL)


def test_the_log_is_for_those_who_may_see_it(bare: None, clerk: Callable[..., Client]) -> None:
    blind = clerk("view_insights", name="blind")
    assert "access-log" not in blind.get(URL).content.decode()
    assert blind.get(f"{URL}access-log/").status_code == 403
    sees = clerk("view_insights", "view_audit_log", name="sees")
    assert f"{URL}access-log/" in sees.get(URL).content.decode()
    assert clerk(name="nobody").get(URL).status_code == 403


def test_in_chinese_it_is_whole(owner: Client, bare: None) -> None:
    owner.cookies["django_language"] = "zh-hans"
    assert faults(owner.get(URL).content.decode()) == []
