from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from insights.cleaning import settle_touches
from insights.models import AdSpend, Customer, Order, Visit
from tests.insights.panel.html import read
from tests.insights.panel.pages.test_init import body

pytestmark = pytest.mark.django_db
TRAFFIC = "/admin/insights/traffic/"


@pytest.fixture
def led(world: None) -> None:
    """Everybody's orders were led by an advertisement, which cost something."""
    Visit.objects.update(utm_source="google", utm_medium="cpc", utm_campaign="teaware", traffic="paid_search")
    Order.objects.filter(customer=None).delete()
    for order in Order.objects.exclude(customer=None):
        at = order.placed_at - timedelta(minutes=20)
        Visit.objects.create(
            session_key=f"v{order.pk}", customer=order.customer, started_at=at, ended_at=at, local_date=at.date(),
            utm_source="google", utm_medium="cpc", utm_campaign="teaware", traffic="paid_search",
        )  # fmt: skip
    settle_touches(Customer.objects.values_list("pk", flat=True))
    day = timezone.localdate() - timedelta(days=3)
    AdSpend.objects.create(
        external_id="a", day=day, source="google", medium="cpc", campaign="teaware", currency="GBP", cost=100,
        base_cost=100, traffic="paid_search",
    )  # fmt: skip


def test_the_page_says_what_each_channel_brought_and_cost(owner: Client, led: None) -> None:
    page = read(owner.get(TRAFFIC).content.decode())
    rows = [[cell.text for cell in row.every("th", "td")] for row in page.every("tr")]
    paid = next(row for row in rows if row[0] == "Paid search")
    assert paid[5].startswith("£100")
    campaign = next(row for row in rows if row[0] == "teaware")
    assert campaign[5].startswith("£100")
    assert campaign[3] != "£0"
    assert next(row for row in rows if row[0] == "All")[5].startswith("£100")
    assert "What did it cost?" not in page.text
    assert "Payback (days)" in page.text


def test_without_spend_it_says_how_to_bring_it_in(owner: Client, world: None) -> None:
    text = owner.get(TRAFFIC).content.decode()
    assert "manage.py insights_import ad_spend" in text
    assert "--mapping google_ads" in text


def test_spend_without_a_rate_is_told(owner: Client, led: None) -> None:
    AdSpend.objects.create(
        external_id="b", day=timezone.localdate(), source="x", currency="JPY", cost=1, traffic="other"
    )
    assert "There is ad spend in JPY" in owner.get(TRAFFIC).content.decode()


def test_both_tables_are_files_too(owner: Client, led: None) -> None:
    channels = body(owner.get(f"{TRAFFIC}?csv=channels"))
    assert "Paid search" in channels
    assert "100.0000" in channels
    campaigns = body(owner.get(f"{TRAFFIC}?csv=campaigns&days=90"))
    assert "teaware" in campaigns
    assert "Paid search" not in campaigns


def test_it_is_for_those_who_may_see_the_panel(clerk: Callable[..., Client], world: None) -> None:
    assert clerk("view_insights", name="reader").get(TRAFFIC).status_code == 200
    assert clerk("ask_insights", name="asker").get(TRAFFIC).status_code == 403
