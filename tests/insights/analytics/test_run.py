from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from insights.analytics import METRICS, Filter, Query, TimeRange, run
from insights.exceptions import QueryError
from insights.models import Customer, Order
from tests.insights.analytics.oracle import Oracle, check
from tests.insights.analytics.world import World, build

pytestmark = pytest.mark.django_db
SPRING = TimeRange(start=date(2024, 2, 10), end=date(2024, 5, 3))
BY_ORDER = (
    (),
    ("month",),
    ("week",),
    ("country",),
    ("month", "channel"),
    ("new_or_returning",),
    ("segment",),
    ("weekday",),
)
BY_LINE = (("category",), ("product",), ("month", "brand"), ("country", "category"))
OF_ORDERS = (
    "revenue gross_revenue orders cancelled_orders units aov median_order_value buyers new_customers "
    "returning_customers repeat_rate purchase_frequency days_between_orders"
).split()
OF_LINES = "revenue orders units aov buyers new_customers returning_customers repeat_rate purchase_frequency".split()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Any:
    """One shop for the whole module; each test reads only."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield build(seed=11)
        transaction.set_rollback(True)


@pytest.mark.parametrize("time_range", [None, SPRING], ids=["all", "spring"])
@pytest.mark.parametrize("metric", OF_ORDERS)
def test_run__agrees_with_plain_python(world: World, metric: str, time_range: TimeRange | None) -> None:
    for dimensions in BY_ORDER:
        check(world, metric, dimensions, time_range)


@pytest.mark.parametrize("metric", OF_LINES)
def test_run__agrees_with_plain_python_by_lines(world: World, metric: str) -> None:
    for dimensions in BY_LINE:
        check(world, metric, dimensions, SPRING)


@pytest.mark.parametrize("metric", OF_ORDERS)
def test_run__agrees_as_it_was_known(world: World, metric: str) -> None:
    as_of = datetime(2024, 4, 6, 15, tzinfo=UTC)
    for dimensions in ((), ("month",), ("country",), ("new_or_returning",)):
        check(world, metric, dimensions, SPRING, as_of)


def test_run__as_of_changes_something(world: World) -> None:
    early = run(Query(metrics=["orders"], time_range={"start": "2024-02-10", "end": "2024-04-01"}, as_of="2024-04-01"))
    late = run(Query(metrics=["orders"], time_range={"start": "2024-02-10", "end": "2024-04-01"}))
    assert early.totals["orders"] > late.totals["orders"]


def test_run__new_and_returning_are_all_buyers(world: World) -> None:
    result = run(Query(metrics=["buyers", "new_customers", "returning_customers"], grain="week", time_range=SPRING))
    for _week, buyers, new, returning in result.rows:
        assert buyers == new + returning
    split = run(Query(metrics=["buyers"], dimensions=["new_or_returning"], time_range=SPRING))
    by = dict(split.rows)
    assert (by["new"], by["returning"]) == (result.totals["new_customers"], result.totals["returning_customers"])


def test_run__additive_metrics_sum_to_their_total(world: World) -> None:
    for key in ("revenue", "gross_revenue", "orders", "visits", "reviews"):
        result = run(Query(metrics=[key], dimensions=["month"], time_range=SPRING))
        assert METRICS[key].additive
        assert sum(result.column(key)) == result.totals[key]


def test_run__compares_with_the_period_before(world: World) -> None:
    query = Query(metrics=["revenue", "buyers"], grain="day", time_range=SPRING, compare_to="previous_period")
    result = run(query)
    before = run(Query(metrics=["revenue", "buyers"], grain="day", time_range=query.compared))
    assert result.comparison is not None
    assert query.compared == TimeRange(start=date(2023, 11, 19), end=date(2024, 2, 10))
    assert [row[1:] for row in before.rows] == result.comparison.rows
    assert result.comparison.totals == before.totals
    now, then = result.totals["revenue"], before.totals["revenue"]
    assert result.comparison.change["revenue"] == pytest.approx(float((now - then) / then))


def test_run__compared_groups_that_are_gone_are_shown_with_nothing(world: World) -> None:
    day = TimeRange(start=date(2024, 5, 1), end=date(2024, 5, 3))
    result = run(Query(metrics=["revenue"], dimensions=["product"], time_range=day, compare_to=SPRING))
    assert result.comparison is not None
    gone = [then for row, then in zip(result.rows, result.comparison.rows, strict=True) if row[1] == 0]
    assert gone
    assert all(then[0] > 0 for then in gone)


def test_run__fills_days_without_orders(world: World) -> None:
    quiet = TimeRange(start=date(2023, 12, 20), end=date(2024, 1, 6))
    result = run(Query(metrics=["orders", "aov"], dimensions=["day"], time_range=quiet))
    assert result.column("day") == [date(2023, 12, 20 + n) for n in range(12)] + [date(2024, 1, n) for n in range(1, 6)]
    assert result.rows[0] == [date(2023, 12, 20), 0, None]


def test_run__fills_each_group_that_there_is(world: World) -> None:
    result = run(Query(metrics=["orders"], dimensions=["channel", "month"], time_range=SPRING))
    assert [tuple(row[:2]) for row in result.rows] == [
        (channel, date(2024, month, 1)) for channel in ("market", "shop") for month in (2, 3, 4, 5)
    ]


def test_run__does_not_fill_days_to_come() -> None:
    result = run(
        Query(
            metrics=["orders"], grain="day", time_range={"start": "2024-03-01", "end": "2024-04-01"}, as_of="2024-03-10"
        )
    )
    assert result.column("day")[-1] == date(2024, 3, 10)


def test_run__weeks_may_start_on_sunday(world: World, settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "WEEK_START": "sunday"}
    result = run(Query(metrics=["orders"], dimensions=["week"], time_range=SPRING))
    assert {day.isoweekday() for day in result.column("week")} == {7}
    assert sum(result.column("orders")) == Oracle(world, (), SPRING).orders()[()]


def test_run__filters(world: World) -> None:
    orders = [order for order in world.valid() if SPRING.start <= order.day < SPRING.end]

    def count(*filters: dict[str, Any]) -> int:
        return int(run(Query(metrics=["orders"], filters=filters, time_range=SPRING)).totals["orders"])

    assert count({"dimension": "country", "values": ["germany"]}) == sum(o.country == "Germany" for o in orders)
    assert count({"dimension": "country", "op": "not_in", "values": "Germany"}) == sum(
        o.country != "Germany" for o in orders
    )
    assert count({"dimension": "country", "values": ["Unknown"]}) == sum(o.country == "unknown" for o in orders)
    assert count({"dimension": "country", "op": "contains", "values": ["king"]}) == sum(
        "King" in o.country for o in orders
    )
    assert count({"dimension": "hour", "op": "lt", "values": [12]}) == sum(o.hour < 12 for o in orders)
    assert count({"dimension": "weekday", "values": ["Sunday", 6]}) == sum(o.day.isoweekday() > 5 for o in orders)
    assert count({"dimension": "coupon", "values": ["SPRING"]}, {"dimension": "channel", "values": ["shop"]}) == sum(
        o.coupon == "SPRING" and o.channel == "shop" for o in orders
    )
    assert count({"dimension": "category", "values": ["Tea"]}) == sum(
        any(line.product.category and line.product.category.name == "Tea" for line in o.lines) for o in orders
    )
    thing = world.products[1]
    assert count({"dimension": "product", "values": [thing.external_id]}) == sum(
        any(line.product is thing for line in o.lines) for o in orders
    )
    without = count({"dimension": "customer", "op": "not_in", "values": ["k1"]})
    assert without == sum(o.customer is None or o.customer.external_id != "k1" for o in orders)
    Customer.objects.create(external_id="k1 before", merged_into=Customer.objects.get(external_id="k1"))
    assert count({"dimension": "customer", "values": ["k1 before"]}) == len(orders) - without > 0


def test_run__filters_by_segment_name(world: World) -> None:
    found = run(Query(metrics=["customers"], filters=[Filter(dimension="segment", values=["核心客户"])]))
    assert found.totals["customers"] == sum(state.segment == "champions" for state in world.states.values())


def test_run__unknown_segment_names_the_nearest() -> None:
    with pytest.raises(QueryError, match="champions"):
        run(Query(metrics=["customers"], filters=[Filter(dimension="segment", values=["champion"])]))


def test_run__customers_without_a_period_are_all_that_are_known(world: World) -> None:
    Customer.objects.create(external_id="staff", is_real=False)
    result = run(Query(metrics=["customers"], dimensions=["segment"]))
    assert result.totals["customers"] == len(world.customers)
    by = dict(result.rows)
    assert by["unknown"] == len(world.customers) - len(world.states)
    assert by["loyal"] == sum(state.segment == "loyal" for state in world.states.values())


def test_run__customers_in_a_period_are_buyers(world: World) -> None:
    result = run(Query(metrics=["customers", "buyers"], time_range=SPRING))
    assert result.totals["customers"] == result.totals["buyers"]
    assert "valid order" in result.definitions["customers"]


def test_run__predictions_are_of_the_current_generation(world: World) -> None:
    result = run(Query(metrics=["churn_risk", "clv", "purchase_probability", "expected_next_order"]))
    states = list(world.states.values())
    assert result.totals["churn_risk"] == pytest.approx(sum(s.churn_probability or 0 for s in states) / len(states))
    total = sum((s.value_365 or Decimal(0) for s in states), Decimal(0))
    assert result.totals["clv"] == (total / len(states)).quantize(Decimal("0.0001"))
    assert result.totals["expected_next_order"] == min(s.next_order_expected for s in states if s.next_order_expected)


def test_run__a_state_ignores_the_period_and_says_so(world: World) -> None:
    result = run(Query(metrics=["churn_risk"], time_range=SPRING))
    assert result.totals["churn_risk"] == run(Query(metrics=["churn_risk"])).totals["churn_risk"]
    assert "last training" in result.notes[0]


def test_run__retention_by_month(world: World) -> None:
    months = TimeRange(start=date(2024, 2, 1), end=date(2024, 6, 1))
    result = run(Query(metrics=["retention_rate", "churn_rate"], grain="month", time_range=months))
    wanted = Oracle(world, ("month",), months).retention_rate()
    for month, kept, lost in result.rows:
        assert kept == pytest.approx(wanted[(month,)])
        assert lost == pytest.approx(1 - kept)


def test_run__retention_against_the_period_before(world: World) -> None:
    april = TimeRange(start=date(2024, 4, 1), end=date(2024, 5, 1))
    by_month = run(Query(metrics=["retention_rate"], grain="month", time_range=april))
    assert run(Query(metrics=["retention_rate"], time_range=april)).totals["retention_rate"] == by_month.rows[0][1]


def test_run__retention_needs_a_period() -> None:
    with pytest.raises(QueryError, match="time range"):
        run(Query(metrics=["retention_rate"]))


def test_run__visits(world: World) -> None:
    visits = [visit for visit in world.visits if visit.counts and SPRING.start <= visit.local_date < SPRING.end]
    names = ["visits", "visitors", "page_views", "conversion_rate", "add_to_cart_rate", "cart_abandonment_rate"]
    totals = run(Query(metrics=names, time_range=SPRING)).totals
    with_cart = [visit for visit in visits if visit.carts]
    assert totals["visits"] == len(visits)
    assert totals["visitors"] == len({visit.visitor_id or visit.session_key for visit in visits})
    assert totals["page_views"] == sum(visit.page_views for visit in visits)
    assert totals["conversion_rate"] == pytest.approx(sum(visit.purchases > 0 for visit in visits) / len(visits))
    assert totals["add_to_cart_rate"] == pytest.approx(len(with_cart) / len(visits))
    assert totals["cart_abandonment_rate"] == pytest.approx(
        1 - sum(visit.purchases > 0 for visit in with_cart) / len(with_cart)
    )
    by = dict(run(Query(metrics=["visits"], dimensions=["device"], time_range=SPRING)).rows)
    assert by == {
        device or "unknown": sum(visit.device == device for visit in visits) for device in ("phone", "desktop", "")
    }
    sources = dict(run(Query(metrics=["visits"], dimensions=["traffic_source"], time_range=SPRING)).rows)
    assert sources["letter"] == sum(visit.utm_source == "letter" for visit in visits)
    assert sources["direct"] == sum(not visit.utm_source and not visit.referrer for visit in visits)


def test_run__ratings(world: World) -> None:
    ratings = [rating for rating in world.ratings if rating.counts]
    result = run(Query(metrics=["reviews", "average_rating"], dimensions=["product"]))
    assert result.totals["reviews"] == len(ratings)
    assert result.totals["average_rating"] == pytest.approx(sum(r.value for r in ratings) / len(ratings))
    by = {row[0]: row[1:] for row in result.rows}
    theirs = [rating.value for rating in ratings if rating.product == world.products[2]]
    assert by["Thing 2"] == [len(theirs), pytest.approx(sum(theirs) / len(theirs))]


def test_run__sorts_limits_and_says_how_many_there_are(world: World) -> None:
    result = run(Query(metrics=["revenue", "orders"], dimensions=["product"], limit=3, time_range=SPRING))
    everything = run(Query(metrics=["revenue", "orders"], dimensions=["product"], time_range=SPRING))
    assert result.groups == len(everything.rows)
    assert result.rows == everything.rows[:3]
    assert result.totals == everything.totals
    assert result.column("revenue") == sorted(everything.column("revenue"), reverse=True)[:3]
    least = run(
        Query(metrics=["orders"], dimensions=["product"], order_by=[{"key": "orders", "descending": False}], limit=1)
    )
    assert least.rows[0][1] == min(run(Query(metrics=["orders"], dimensions=["product"])).column("orders"))


def test_run__having_drops_small_groups(world: World) -> None:
    result = run(
        Query(metrics=["orders"], dimensions=["customer"], having=[{"metric": "orders", "op": "gte", "value": 4}])
    )
    wanted = Oracle(world, ("customer",)).orders()
    assert dict(result.rows) == {key[0]: count for key, count in wanted.items() if count >= 4}


def test_run__in_another_currency(world: World, settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "BASE_CURRENCY": "EUR", "RATES": {"USD": "0.8"}}
    euro, dollar = (run(Query(metrics=["revenue"], currency=code)) for code in (None, "USD"))
    assert dollar.totals["revenue"] == euro.totals["revenue"] / Decimal("0.8")
    assert dollar.currency == "USD"


def test_run__by_currency_adds_up_in_one_currency_and_says_which(world: World, settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "BASE_CURRENCY": "EUR"}
    paid = Order.objects.valid(None).order_by("pk")
    Order.objects.filter(pk__in=[order.pk for order in paid[:2]]).update(currency="USD")
    dollars = sum((order.base_total for order in paid[:2]), Decimal(0))
    found = run(Query(metrics=("gross_revenue", "orders"), dimensions=("currency",)))
    assert {row[0]: row[2] for row in found.rows}["USD"] == 2
    whole = run(Query(metrics=("gross_revenue",))).totals["gross_revenue"]
    by_code = {row[0]: row[1] for row in found.rows}
    assert by_code == {"USD": dollars, "EUR": whole - dollars}
    assert any("EUR" in note for note in found.notes)
    assert not run(Query(metrics=("orders",), dimensions=("currency",))).notes


def test_run__names_are_shown_only_to_those_who_may_see_them(world: World, django_user_model: Any) -> None:
    query = Query(metrics=["orders"], dimensions=["customer"], limit=3)
    boss = django_user_model.objects.create_superuser("boss", "b@example.org", "x")
    clerk = django_user_model.objects.create_user("clerk")
    assert any("Person" in name for name in run(query, user=boss).columns[0].labels.values())
    assert not any("Person" in name for name in run(query, user=clerk).columns[0].labels.values())
    assert all(key.startswith("k") or key == "unknown" for key in run(query, user=boss).column("customer"))


def test_run__one_query_a_fact(world: World, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(4):
        run(Query(metrics=["revenue", "orders", "aov"], dimensions=["country"], time_range=SPRING))
