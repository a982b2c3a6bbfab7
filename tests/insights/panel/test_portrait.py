from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from insights.models import Customer, CustomerState, Order, OrderLine, Refund
from insights.panel.portrait import facts, favourites, money_of, rfm_grid, usual_churn

pytestmark = pytest.mark.django_db


@pytest.fixture
def state(world: None) -> CustomerState:
    return CustomerState.objects.current().filter(frequency__gte=2).select_related("customer").order_by("pk")[0]


def test_money_of__is_orders_less_refunds(world: None) -> None:
    for customer in Customer.objects.all():
        orders = Order.objects.filter(customer=customer, counts=True)
        back = Refund.objects.filter(order__customer=customer, counts=True).aggregate(sum=Sum("base_amount"))["sum"]
        spent = money_of(customer)
        assert spent.total == (orders.aggregate(sum=Sum("base_total"))["sum"] or 0) - (back or 0)
        assert spent.orders == orders.count()
        assert spent.returned == (back or 0)
        assert [day for day, _ in spent.course] == sorted({day for day, _ in spent.course})


def test_facts__are_five_and_written_out(state: CustomerState) -> None:
    found = {label: (figure, more) for label, figure, more in facts(money_of(state.customer), state)}
    assert list(found) == ["Spent", "Orders", "Last order", "Next order", "Given back"]
    assert found["Next order"][1].startswith("between ")


def test_facts__a_late_order_says_how_late(state: CustomerState) -> None:
    state.next_order_expected = timezone.localdate() - timedelta(days=20)
    figure, more = {label: (figure, more) for label, figure, more in facts(money_of(state.customer), state)}[
        "Next order"
    ]
    assert figure.startswith("was due ")
    assert more.startswith("20 days late")


def test_facts__of_nobody_are_dashes(world: None) -> None:
    nobody = Customer.objects.create(external_id="nobody")
    assert [figure for _label, figure, _more in facts(money_of(nobody), None)] == ["£0", "0", "–", "–", "£0"]


def test_favourites__add_up_with_the_rest(world: None) -> None:
    customer = OrderLine.objects.filter(counts=True)[0].order.customer
    assert customer is not None
    whole = favourites(customer, most=50)
    assert sum(share for _name, share in whole) == pytest.approx(1)
    assert [share for _name, share in whole] == sorted((share for _name, share in whole), reverse=True)
    if len(whole) > 1:
        short = favourites(customer, most=1)
        assert short[0] == whole[0]
        assert short[1] == ("All others", pytest.approx(1 - whole[0][1]))


def test_favourites__without_a_purchase_are_none(world: None) -> None:
    assert favourites(Customer.objects.create(external_id="nobody")) == []


def test_rfm_grid__holds_everybody(state: CustomerState) -> None:
    grid = rfm_grid(state.generation_id)
    assert sum(map(sum, grid)) == CustomerState.objects.current().count()
    assert state.r is not None
    assert state.f is not None
    assert grid[5 - state.r][state.f - 1] >= 1


def test_usual_churn__is_the_mean(state: CustomerState) -> None:
    chances = list(CustomerState.objects.current().values_list("churn_probability", flat=True))
    assert usual_churn(state) == pytest.approx(sum(chances) / len(chances))
