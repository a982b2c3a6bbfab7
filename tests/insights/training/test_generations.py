"""What the models say of each customer becomes visible all at once, and is of one generation."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.utils import timezone

from insights.features.moments import day_number
from insights.models import CustomerState, ModelVersion, Run, RunState, Score
from insights.training import generations, registry
from insights.training.claims import LostClaimError
from insights.training.scores import NO_DAY, Scores
from tests.insights.training.versions import churn, done, people, segments, shown

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_write__nobody_sees_it_until_it_is_shown() -> None:
    customers = people(2)
    run = done()
    assert generations.write(run, NOW, {"segmentation": segments(customers, "new", "lost")}, None) == 2
    assert not CustomerState.objects.current().exists()
    generations.show(run)
    states = CustomerState.objects.current().order_by("customer")
    assert [state.segment for state in states] == ["new", "lost"]


def test_write__again_writes_nothing_twice() -> None:
    customers = people(2)
    run = done()
    generations.write(run, NOW, {"segmentation": segments(customers, "new", "lost")}, None)
    generations.write(run, NOW, {"segmentation": segments(customers, "loyal", "lost")}, None)
    assert sorted(CustomerState.objects.values_list("segment", flat=True)) == ["lost", "loyal"]


def test_write__takes_the_columns_of_other_models_from_the_one_that_is_shown() -> None:
    customers = people(3)
    shown({"segmentation": segments(customers[:2], "new", "lost"), "churn": churn(customers[:2], 0.1, 0.9)})
    shown({"churn": churn(customers[1:], 0.5, 0.6)})
    rows = (
        CustomerState.objects.current().order_by("customer").values_list("segment", "churn_probability", "churn_band")
    )
    assert list(rows) == [("new", None, ""), ("lost", 0.5, "low"), ("", 0.6, "high")]


def test_write__values_as_the_columns_want_them() -> None:
    (customer,) = people(1)
    day = date(2026, 3, 31)
    said: dict[str, Any] = {
        "value_30": np.array([12.345]),
        "value_90": np.array([np.nan]),
        "value_band": np.array(["top"]),
        "alive_probability": np.array([0.25]),
        "next_order_from": np.array([day_number(day)]),
        "next_order_to": np.array([NO_DAY]),
    }
    shown({"lifetime": Scores(np.array([customer.pk]), said)})
    state = CustomerState.objects.current().get()
    assert (state.value_30, state.value_90, state.value_band) == (Decimal("12.345"), None, "top")
    assert (state.alive_probability, state.next_order_from, state.next_order_to) == (0.25, day, None)


def test_write__nobody_who_was_forgotten_or_objected_meanwhile() -> None:
    customers = people(4)
    said = segments(customers, "new", "new", "new", "new")
    customers[0].delete()
    shown({"churn": churn(customers[1:], 0.1, 0.1, 0.1)})
    customers[1].objects_to_profiling = True
    customers[1].save()
    customers[2].merged_into = customers[3]
    customers[2].save()
    shown({"segmentation": said})
    assert [state.customer for state in CustomerState.objects.current()] == [customers[3]]


def test_write__a_worker_that_lost_its_run_deletes_and_writes_nothing() -> None:
    customers = people(2)
    run = done()
    generations.write(run, NOW, {"segmentation": segments(customers, "new", "lost")}, None)
    for allowed in (0, 1):
        beats = iter(range(10))

        def fence(beats: Any = beats, allowed: int = allowed) -> None:
            if next(beats) >= allowed:
                raise LostClaimError

        with pytest.raises(LostClaimError):
            generations.write(run, NOW, {"segmentation": segments(customers, "x", "y")}, None, fence)
        assert not CustomerState.objects.filter(segment__in=["x", "y"]).exists()


def test_show__keeps_a_history_of_what_changed_and_by_which_version() -> None:
    customers = people(2)
    first = shown({"segmentation": segments(customers, "new", "new"), "churn": churn(customers, 0.10, 0.90)})
    yesterday = Score.objects.all()
    assert yesterday.count() == 4
    yesterday.update(day=date(2026, 1, 1))
    second = shown({"segmentation": segments(customers, "new", "lost"), "churn": churn(customers, 0.105, 0.95)})
    changed = Score.objects.exclude(day=date(2026, 1, 1))
    assert {(score.customer, score.name, score.label) for score in changed} == {
        (customers[1], "segment", "lost"),
        (customers[1], "churn", "high"),
    }
    assert {score.version.run for score in changed if score.version} == {second} != {first}


def test_show__the_day_is_the_shops_and_the_last_that_was_known(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    customers = people(1)
    run = done()
    run.as_of = datetime(2026, 4, 1, tzinfo=ZoneInfo("Asia/Shanghai"))  # all of March is known
    run.save()
    generations.write(run, run.as_of, {"segmentation": segments(customers, "new")}, None)
    generations.show(run)
    assert Score.objects.get().day == date(2026, 3, 31)


def test_prune__keeps_what_is_shown_and_what_the_kept_versions_said(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"KEEP_VERSIONS": 2}}
    customers = people(1)
    first = shown({"segmentation": segments(customers, "new")})
    runs = [shown({"churn": churn(customers, chance)}) for chance in (0.1, 0.2, 0.3, 0.4)]
    failed = Run.objects.create(kind="training", state=RunState.FAILED)
    living = Run.objects.create(kind="training", state=RunState.RUNNING)
    for run in (failed, living):
        generations.write(run, NOW, {"segmentation": segments(customers, "x")}, None)
    registry.prune()
    generations.prune()
    held = set(CustomerState.objects.values_list("generation", flat=True))
    assert held == {first.pk, runs[2].pk, runs[3].pk, living.pk}
    shown({"segmentation": segments(customers, "lost")})
    assert registry.rollback("segmentation").run == first
    assert CustomerState.objects.current().get().segment == "new"
    assert ModelVersion.objects.filter(slot="churn").count() == 2
