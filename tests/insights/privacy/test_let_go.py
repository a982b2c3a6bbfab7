"""What was let go of does not come back by another way, and figures say what they no longer know."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from insights.analytics import Filter, Query, TimeRange, run
from insights.cleaning import redraw_visits
from insights.models import Event, Visit, Visitor
from insights.privacy import apply
from tests.insights.privacy import aged

pytestmark = pytest.mark.django_db
KEY = "one session for ever"


@pytest.fixture
def keep(settings: Any) -> Any:
    def keep(**days: int | None) -> None:
        settings.INSIGHTS = {**settings.INSIGHTS, "RETENTION": days}

    return keep


@pytest.mark.parametrize("days", [{"EVENTS": 30, "VISITS": 30}, {"EVENTS": 30}, {"EVENTS": None, "VISITS": 30}])
def test_visits__that_are_drawn_anew_are_those_of_which_all_is_there(keep: Any, days: dict[str, int | None]) -> None:
    keep(**days)
    visitor = Visitor.objects.get(pk=aged.a_visitor(0))
    for age in (60, 50, 20, 5):
        aged.an_event(age, session_key=KEY, visitor=visitor)
    redraw_visits("shop", [KEY])
    assert Visit.objects.count() == 4
    apply(aged.NOW)
    redraw_visits("shop", [KEY])
    assert Visit.objects.count() == 4, "the old ones stay as they were drawn"
    assert list(Visit.objects.order_by("local_date").values_list("views", flat=True)) == [1] * 4
    anonymous = days.get("VISITS", 760) == 30
    assert Visit.objects.filter(visitor=None).count() == (2 if anonymous else 0)


def taken_over(folder: Path, *ages: int) -> dict[str, int]:
    rows = [f"e{age},view_item,{(timezone.now() - timedelta(days=age)).isoformat()}" for age in ages]
    file = folder / "events.csv"
    file.write_text("\n".join(["id,name,occurred_at", *rows]) + "\n", encoding="utf-8")
    call_command("insights_import", "events", str(file), "--json", stdout=(out := StringIO()))
    said: dict[str, int] = json.loads(out.getvalue())["cleaning"]
    return said


def test_events__that_were_let_go_of_are_not_taken_over_again(keep: Any, tmp_path: Path) -> None:
    keep(EVENTS=30)
    assert "expired" not in taken_over(tmp_path, 40, 20), "nothing was let go of yet"
    assert Event.objects.count() == 2
    assert apply(timezone.now()).done == {"events": 1}
    assert taken_over(tmp_path, 40, 20)["expired"] == 1
    assert Event.objects.count() == 1
    keep(EVENTS=60)
    assert "expired" not in taken_over(tmp_path, 40, 20), "who keeps them for longer may have them again"
    assert Event.objects.count() == 2


def notes(*metrics: str, start: int, columns: tuple[str, ...] = (), **more: Any) -> list[str]:
    days = TimeRange(start=aged.day(start), end=aged.day(0))
    return list(run(Query(metrics=list(metrics), dimensions=list(columns), time_range=days, **more)).notes)


def test_run__says_since_when_events_are_kept(keep: Any) -> None:
    assert notes("product_views", start=90) == []
    keep(EVENTS=30, VISITS=None)
    aged.an_event(40)
    apply(aged.NOW)
    said = "Product views: events are kept since 1 March 2026; of earlier days nothing is counted."
    assert notes("product_views", start=31) == [said]
    assert notes("product_views", start=30) == []
    assert notes("product_views", start=30, compare_to="previous_period") == [said]
    assert notes("attributed_revenue", start=31) == [said.replace("Product views", "Attributed revenue")]
    assert notes("revenue", "visits", start=90) == []
    assert run(Query(metrics=["product_views"])).notes == [said]


def test_run__says_which_visits_are_nobodys(keep: Any) -> None:
    keep(EVENTS=None, VISITS=30)
    aged.a_visit(40)
    apply(aged.NOW)
    said = "Visits before 1 March 2026 are kept as numbers: who came, and how many different visitors, is not known."
    assert notes("visitors", start=31) == [said]
    assert notes("visitors", start=30) == []
    assert notes("visits", start=31) == []
    assert notes("visits", start=31, columns=("month",)) == []
    assert notes("visits", start=31, columns=("device", "country")) == []
    assert notes("visits", start=31, columns=("segment",)) == [said]
    assert notes("visits", start=31, filters=[Filter(dimension="segment", values=["champions"])]) == [said]


def test_figures__of_the_past_do_not_move(keep: Any) -> None:
    keep(EVENTS=30, VISITS=30, VISITORS=30)
    visitor = aged.a_visitor(40)
    for age in (40, 40, 5):
        aged.a_visit(age, visitor_id=visitor, purchases=1, device="phone")
    query = Query(
        metrics=["visits", "page_views", "conversion_rate"],
        dimensions=["month"],
        time_range=TimeRange(start=aged.day(60), end=aged.day(0)),
    )
    before = run(query).rows
    apply(aged.NOW)
    assert run(query).rows == before


def test_figures__visitors_do_not_move_when_a_browser_is_let_go_of(keep: Any) -> None:
    keep(EVENTS=None, VISITS=None, VISITORS=30)
    visitor = aged.a_visitor(40)
    for age in (40, 39, 38):
        aged.a_visit(age, visitor_id=visitor)
    query = Query(metrics=["visitors"])
    assert run(query).rows == [[1]]
    assert apply(aged.NOW).done == {"visitors": 1}
    assert run(query).rows == [[1]]
