from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from insights.models import Order as Taken
from insights.sources import sync
from shop_demo.models import Event, Order, OrderLine, Product
from shop_demo.online_retail import clear_shop
from shop_demo.simulator import ShopNotEmptyError, Truth, simulate

pytestmark = pytest.mark.django_db

UNTIL = datetime(2026, 3, 31, 20, tzinfo=UTC)


def _said() -> tuple[object, ...]:
    return (
        list(Order.objects.order_by("number").values_list("number", "email", "placed_at", "total", "status")),
        list(
            OrderLine.objects.order_by("order__number", "sku", "quantity").values_list("sku", "quantity", "unit_price")
        ),
        list(Event.objects.order_by("event_id").values_list("event_id", "name", "created_at")),
    )


def test_the_same_seed_gives_the_same_shop_and_truth(tmp_path: Path) -> None:
    simulate(tmp_path / "a", customers=40, days=120, seed=5, until=UNTIL)
    first = _said()
    clear_shop()
    simulate(tmp_path / "b", customers=40, days=120, seed=5, until=UNTIL)
    assert _said() == first
    one, two = Truth.load(tmp_path / "a"), Truth.load(tmp_path / "b")
    assert np.array_equal(one.taste, two.taste)
    assert np.array_equal(one.future, two.future)
    assert not Event.objects.filter(created_at__gt=UNTIL.replace(hour=21)).exists()


def test_a_shop_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    Product.objects.create(sku="1", name="Mine")
    with pytest.raises(ShopNotEmptyError, match="--replace"):
        simulate(tmp_path, customers=40, days=60)
    assert Product.objects.count() == 1


def test_cleaning_finds_the_dirt_that_was_made(tmp_path: Path) -> None:
    done = simulate(tmp_path, customers=120, days=200, seed=2, until=UNTIL)
    report = sync()
    for rule in ("duplicate_line", "unknown_currency", "impossible_date", "return_without_sale", "quantity_outlier"):
        assert report.cleaning.get(rule, 0) >= (done.dirt[rule] if rule != "quantity_outlier" else 0), rule
    assert report.cleaning["test"] == done.dirt["test"]
    assert report.cleaning["staff"] == done.dirt["staff"]
    assert Taken.objects.filter(excluded="no_rate").count() == done.dirt["unknown_currency"]


@pytest.fixture(scope="module")
def world() -> tuple[Any, Any, Any]:
    """People, what they buy, and what they do, drawn without a database."""
    from shop_demo.simulator.buying import buy
    from shop_demo.simulator.goods import goods
    from shop_demo.simulator.looking import look
    from shop_demo.simulator.people import factors, people

    dice = np.random.default_rng(3)
    stock = goods()
    crowd = people(600, 730, dice)
    like, known = factors(stock, dice)
    bought = buy(crowd, like, known, stock, date(2024, 4, 1), 730, 90, dice)
    steps = list(look(crowd, bought.past, like, known, 730, [good.names[0] for good in stock], dice))
    return crowd, bought, steps


def test_old_customers_do_not_all_come_on_the_first_day(world: tuple[Any, Any, Any]) -> None:
    _, bought, _ = world
    days = np.bincount([each.moment // 86400 for each in bought.past], minlength=730)
    assert days[:3].max() < 3 * days[30:120].mean()


def test_nobody_buys_before_joining_or_after_leaving(world: tuple[Any, Any, Any]) -> None:
    crowd, bought, _ = world
    for each in (*bought.past, *bought.future):
        day = each.moment // 86400
        assert int(crowd.joined[each.person]) <= day
        assert day <= max(crowd.leaves[each.person], crowd.joined[each.person])


def test_the_year_the_week_and_the_day_have_their_shape(world: tuple[Any, Any, Any]) -> None:
    _, bought, _ = world
    start = date(2024, 4, 1)
    months = np.bincount([(start + timedelta(days=each.moment // 86400)).month for each in bought.past], minlength=13)
    assert months[12] > 1.4 * months[6]
    hours = np.bincount([each.moment % 86400 // 3600 for each in bought.past], minlength=24)
    assert hours[18:22].mean() > 5 * hours[1:5].mean()


def test_most_visits_end_without_an_order_and_some_buyers_are_not_followed(world: tuple[Any, Any, Any]) -> None:
    crowd, bought, steps = world
    sessions = {step.session for step in steps} - {""}
    buying = {step.session for step in steps if step.name == "purchase"} - {""}
    assert 0.05 < len(buying) / len(sessions) < 0.3
    unknown = [step for step in steps if not step.session]
    assert unknown
    assert all((step.person, step.order, step.query) == (-1, -1, "") for step in unknown)
    refused = sum(not crowd.agrees[each.person] for each in bought.past)
    assert sum(step.name == "purchase" for step in unknown) == refused
    guests = np.mean([crowd.guest[each.person] for each in bought.past])
    assert 0.05 < guests < 0.3


def test_every_thing_has_words_in_both_languages_and_a_picture() -> None:
    from shop_demo.art import PALETTES, SHAPES
    from shop_demo.simulator.goods import SHELVES, goods
    from shop_demo.simulator.words import ABOUT, FACTS, NOTES, description, opinion

    stock = goods()
    assert {good.title for good in stock} == set(NOTES)
    assert {shelf.slug for shelf in SHELVES} == set(ABOUT) == set(FACTS)
    assert len({good.names for good in stock}) == len({good.sku for good in stock}) == len(stock)
    for good in stock:
        slug = SHELVES[good.shelf].slug
        assert all(description(good.title, slug))
        assert good.shape in SHAPES
        assert good.palette in PALETTES
        for stars in range(1, 6):
            for chinese in (False, True):
                title, text = opinion(stars, slug, good.thing, chinese=chinese)
                assert title
                assert text
                assert title.isascii() is not chinese


def test_some_goods_are_sold_out_or_priced_on_request(tmp_path: Path) -> None:
    simulate(tmp_path, customers=30, days=60, seed=1, until=UNTIL)
    assert 1 <= Product.objects.filter(stock=0).count() <= 10
    assert Product.objects.filter(price=None).count() == 1
    assert Product.objects.buyable().count() > 170


def test_what_was_spent_and_who_is_too_fast_is_known(tmp_path: Path) -> None:
    from django.db.models import Sum

    from insights.models import AdSpend, Visit
    from insights.models import Event as TakenEvent
    from insights.sources import import_file

    done = simulate(tmp_path, customers=120, days=120, seed=4, until=UNTIL)
    sync()
    report = import_file("ad_spend", tmp_path / "ad_spend.csv")
    assert report.rows.created == report.rows.read > 50
    truth = Truth.load(tmp_path).facts["ad_spend"]
    spent = AdSpend.objects.values("campaign").annotate(cost=Sum("cost"), clicks=Sum("clicks"))
    assert {row["campaign"]: (float(row["cost"]), row["clicks"]) for row in spent} == {
        name: (pytest.approx(said["cost"]), said["clicks"]) for name, said in truth.items()
    }
    assert Visit.objects.filter(bot="too_fast", counts=False).count() == done.dirt["too_fast_visits"]
    assert not TakenEvent.objects.filter(bot="too_fast", counts=True).exists()
    led = Taken.objects.filter(counts=True).exclude(traffic="")
    assert {"direct", "email", "organic_search", "paid_search"} <= set(led.values_list("traffic", flat=True))
    # Seven in ten agree to be followed, and of those nearly every order has its visit.
    assert 0.55 < led.count() / Taken.objects.filter(counts=True).count() < 0.85
