from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from insights.models import Customer, CustomerState, Order
from tests.insights.panel import data
from tests.insights.panel.html import faults, read

pytestmark = pytest.mark.django_db


def url(customer: Customer) -> str:
    return f"/admin/insights/customers/{customer.external_id}/"


@pytest.fixture
def state(world: None) -> CustomerState:
    return CustomerState.objects.current().filter(frequency__gte=3).select_related("customer").order_by("pk")[0]


def test_a_chance_has_its_range_and_its_horizon(owner: Client, state: CustomerState) -> None:
    CustomerState.objects.filter(pk=state.pk).update(churn_probability=0.62, churn_low=0.54, churn_high=0.7)
    page = " ".join(owner.get(url(state.customer)).content.decode().split())
    assert "62%" in page
    assert "54 to 70, within 60 days" in page
    assert "likely to order within the next 30 days" in page
    assert re.search(r"As of \d", page)


def test_the_points_of_the_reasons_add_up(owner: Client, state: CustomerState) -> None:
    told = [{"feature": "recency_days", "value": 51, "typical": 31, "contribution": points / 100}
            for points in (24, 9, -8, -5, 3, 2, -1)]  # fmt: skip
    CustomerState.objects.filter(pk=state.pk).update(churn_probability=0.62, churn_reasons=told)
    page = owner.get(url(state.customer)).content.decode()
    items = next(node for node in read(page).every("ul") if "ins-reasons" in node.classes()).every("li")
    points = [int(item.every("b")[0].text.replace("−", "-")) for item in items]
    base = int(re.search(r"taken from (\d+)%", page)[1])  # type: ignore[index]
    assert "All other reasons together" in items[-1].text
    assert base + sum(points) == 62


def test_tastes_add_up_to_the_whole(owner: Client, world: None) -> None:
    for customer in Customer.objects.all()[:8]:
        page = read(owner.get(url(customer)).content.decode())
        lists = [node for node in page.every("ul") if "ins-aff" in node.classes()]
        if lists:
            assert abs(sum(int(node.text.rstrip("%")) for node in lists[0].every("b")) - 100) <= 3


def test_a_customer_without_anything(owner: Client, world: None) -> None:
    nobody = Customer.objects.create(external_id="a/b?c", joined_at=timezone.now())
    page = owner.get("/admin/insights/customers/a/b%3Fc/").content.decode()
    assert faults(page) == []
    assert "No prediction yet for this customer." in page
    assert "Customer a/b?c" in page
    assert nobody.pk


def test_a_guest_with_a_long_number_and_an_endless_name(owner: Client, world: None) -> None:
    Customer.objects.create(external_id="guest:" + "9" * 40, name="Wolfeschlegelsteinhausenberger" * 6, is_guest=True)
    page = owner.get("/admin/insights/customers/guest:" + "9" * 40 + "/").content.decode()
    assert faults(page) == []
    assert "a guest" in page


def test_who_was_merged_is_shown_as_the_other(owner: Client, state: CustomerState) -> None:
    Customer.objects.create(external_id="old", merged_into=state.customer)
    answer = owner.get("/admin/insights/customers/old/", follow=True)
    assert answer.redirect_chain == [(url(state.customer), 302)]
    assert state.customer.name in answer.content.decode()


def test_who_is_not_there(owner: Client, world: None) -> None:
    assert owner.get("/admin/insights/customers/nobody/").status_code == 404


def test_without_a_model_of_worth_the_page_says_so(owner: Client, state: CustomerState) -> None:
    CustomerState.objects.filter(pk=state.pk).update(value_365=None, value_30=None, value_90=None, value_180=None)
    assert "beats the simple rule" in owner.get(url(state.customer)).content.decode()


def test_what_happened_can_be_paged_to_the_first_day(owner: Client, bare: None) -> None:
    data.shop(1, 400)
    customer = Customer.objects.get()
    today = timezone.localdate()
    for number in range(25):
        day = today - timedelta(days=number)
        Order.objects.create(
            external_id=f"o{number}", customer=customer, placed_at=data.at(day), currency="GBP", total=5, base_total=5,
            rate=1, counts=True, local_date=day, status="paid",
        )  # fmt: skip
    seen, address = [], url(customer)
    for _ in range(40):
        page = owner.get(address).content.decode()
        seen += re.findall(r"Order (o\d+),", page)
        link = re.search(r'href="([^"#]*before=[^"#]*)#happened">Earlier', page)
        if not link:
            break
        address = link[1].replace("&amp;", "&")
    assert sorted(set(seen)) == sorted(f"o{number}" for number in range(25))
    assert len(seen) == 25


def test_the_archive_is_for_those_who_may_see_people(owner: Client, state: CustomerState) -> None:
    answer = owner.get(url(state.customer), {"format": "json"})
    assert answer["Content-Type"] == "application/json"
    assert state.customer.email in answer.content.decode()
