from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from insights import formats
from insights.models import CustomerState, OrderLine, Product, QuarantinedRow, Run, RunState
from insights.panel.health import health
from insights.panel.listing import GOOD
from insights.panel.todo import MOST, Task, tasks
from tests.insights.panel import data

pytestmark = pytest.mark.django_db
ALL = ("view_insights", "train_models", "see_personal_data")


@pytest.fixture
def look(ask_for: Callable[..., Any]) -> Callable[[], list[Task]]:
    """What there is to do now."""
    request = ask_for(*ALL)
    return lambda: tasks(request, health())


def test_tasks__nothing_in_a_shop_without_orders(bare: None, look: Callable[[], list[Task]]) -> None:
    assert look() == []


def test_tasks__the_sum_and_the_number_are_those_of_the_list(
    world: None, look: Callable[[], list[Task]], owner: Client
) -> None:
    states = CustomerState.objects.current()
    states.update(churn_band="high", value_band="middle")
    for place, band in enumerate(["top", "high", "top", "low"]):
        CustomerState.objects.filter(pk=states.order_by("pk")[place].pk).update(value_band=band)
    task = next(task for task in look() if "good customers" in task.title)
    worth = states.filter(value_band__in=GOOD).aggregate(sum=Sum("value_365"))["sum"]
    assert (task.worth, task.title) == (formats.money(worth), "Write to 3 good customers who may not come back")
    assert "3 found." in owner.get(task.url).content.decode()


def test_tasks__without_a_model_of_worth_the_spend_so_far_is_told(
    world: None, look: Callable[[], list[Task]], owner: Client
) -> None:
    CustomerState.objects.update(value_band="", value_365=None, segment="loyal")
    assert not [task for task in look() if task.title.startswith("Write to")]
    some = CustomerState.objects.current().order_by("-monetary")[:4]
    for state in some:
        CustomerState.objects.filter(pk=state.pk).update(segment="cannot_lose")
    task = next(task for task in look() if task.title.startswith("Write to"))
    assert task.title == "Write to 4 customers of “Cannot lose them”"
    assert task.worth == formats.money(sum(state.monetary or 0 for state in some))
    assert "4 found." in owner.get(task.url).content.decode()


def test_tasks__a_best_seller_that_runs_out(world: None, look: Callable[[], list[Task]]) -> None:
    Product.objects.update(stock=10_000)
    assert not [task for task in look() if task.title.startswith("Restock")]
    since = timezone.localdate() - timedelta(days=30)
    sold = (
        OrderLine.objects.filter(counts=True, order__local_date__gte=since)
        .values("product", "product__name")
        .annotate(sold=Sum("quantity"), spend=Sum("base_amount"))
        .order_by("-spend")[0]
    )
    Product.objects.filter(pk=sold["product"]).update(stock=0)
    task = next(task for task in look() if task.title.startswith("Restock"))
    assert task.title == f"Restock {sold['product__name']}"
    assert task.worth == formats.money(sold["spend"])
    assert f"0 left, {formats.number(sold['sold'])} sold" in task.why


@pytest.mark.parametrize("kind", ["training", "sync"])
def test_tasks__a_failure_comes_first_until_one_of_its_kind_ends_well(
    world: None, look: Callable[[], list[Task]], kind: str
) -> None:
    run = Run.objects.create(kind=kind, state=RunState.FAILED)
    Run.objects.create(kind="sync" if kind == "training" else "training", state=RunState.DONE)
    Run.objects.create(kind=kind, state=RunState.RUNNING)
    [first, *_] = look()
    assert (first.title, str(run.uid) in first.url) == (f"The last {kind} failed", True)
    Run.objects.create(kind=kind, state=RunState.DONE)
    assert not [task for task in look() if "failed" in task.title]


def test_tasks__old_models_only_for_those_who_may_train(bare: None, ask_for: Callable[..., Any]) -> None:
    data.shop(4)
    trainer, viewer = ask_for(*ALL), ask_for("view_insights")
    assert any("Train the models" in task.title for task in tasks(trainer, health()))
    data.trained(age_days=9)
    assert [task.worth for task in tasks(trainer, health()) if task.title == "Train again"] == ["9 days"]
    assert not [task for task in tasks(viewer, health()) if "Train" in task.title]


def test_tasks__rows_that_wait(world: None, look: Callable[[], list[Task]], owner: Client) -> None:
    task = next(task for task in look() if "could not be taken over" in task.title)
    assert task.worth == str(QuarantinedRow.objects.count())
    assert re.search('id="quarantine"', owner.get(task.url.split("#")[0]).content.decode())


def test_tasks__are_four_at_most(world: None, look: Callable[[], list[Task]]) -> None:
    Run.objects.create(kind="sync", state=RunState.FAILED)
    CustomerState.objects.update(churn_band="high", value_band="top", as_of=timezone.now() - timedelta(days=30))
    Product.objects.update(stock=1)
    assert len(look()) == MOST
