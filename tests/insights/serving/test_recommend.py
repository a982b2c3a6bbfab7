from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from insights.conf import settings
from insights.exceptions import InsightsError, UnknownKeyError
from insights.models import Customer, ModelVersion, Product
from insights.serving import TYPES, Recommendations, index, recommend
from shop_demo.adapter import ShopAdapter
from tests.insights.serving.world import World, train


def shelves(found: Recommendations) -> set[str]:
    return {item.product.external_id.split("-")[0] for item in found.items}


def keys(found: Recommendations) -> list[str]:
    return [item.product.external_id for item in found.items]


@pytest.mark.django_db
def test_recommend__an_unknown_type_names_the_nearest() -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean “trending”"):
        recommend(type="trendin")


def test_recommend__an_unknown_customer_or_product_is_an_error(world: World) -> None:
    with pytest.raises(InsightsError, match="No customer has the key “c999”"):
        recommend(customer="c999")
    with pytest.raises(InsightsError, match=r"No product has the key “tea-00”\. Did you mean “tea-0”"):
        recommend(product="tea-00")


def test_recommend__a_limit_below_one_is_an_error(world: World) -> None:
    with pytest.raises(InsightsError, match="at least 1"):
        recommend(limit=0)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TYPES)
def test_recommend__an_empty_shop_gives_an_empty_list(kind: str) -> None:
    assert recommend(type=kind) == Recommendations([], "", kind)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("who", ["stranger", "customer", "new"])
@pytest.mark.parametrize("ready", [False, True])
def test_recommend__always_has_something_to_show(world: World, kind: str, who: str, ready: bool) -> None:
    if ready:
        train(world)
    customer = {"stranger": None, "customer": world.customers[0], "new": world.customer("fresh")}[who]
    found = recommend(customer, world.tea[3], kind, limit=6)
    assert len(found.items) == 6
    assert len(set(keys(found))) == 6
    assert found.strategy == found.items[0].source
    assert all(item.source in TYPES[kind].chain for item in found.items)
    assert all(item.reason for item in found.items)
    scores = [item.score for item in found.items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_recommend__for_you_follows_taste_and_leaves_out_what_was_bought(trained: World) -> None:
    for customer in trained.customers[:6]:
        bought = {line.product_id for order in customer.orders.all() for line in order.lines.all()}
        found = recommend(customer.external_id, limit=3)
        assert found.strategy == "personal"
        assert shelves(found) == {"coffee" if customer.external_id in ("c0", "c2", "c4") else "tea"}
        assert not {item.product.pk for item in found.items} & bought
        assert all(item.reason.startswith("Because you bought ") for item in found.items)


def test_recommend__a_customer_without_factors_is_folded_in(trained: World) -> None:
    fresh = trained.customer("fresh")
    trained.order(fresh, trained.tea[2], trained.tea[5], days_ago=1)
    found = recommend(fresh, limit=3)
    assert found.strategy == "personal"
    assert shelves(found) == {"tea"}
    assert "tea-2" not in keys(found)


def test_recommend__what_was_done_after_the_training_counts_at_once(trained: World) -> None:
    drinker = trained.customers[0]
    assert shelves(recommend(drinker, limit=3)) == {"coffee"}
    for product in trained.tea[:8]:
        trained.order(drinker, product, product, days_ago=0.5)
    assert "tea" in shelves(recommend(drinker, limit=3))


def test_recommend__who_objects_gets_what_everybody_gets(trained: World) -> None:
    customer = trained.customers[0]
    Customer.objects.filter(pk=customer.pk).update(objects_to_profiling=True)
    found = recommend(customer.external_id)
    assert keys(found) == keys(recommend())
    assert "Because" not in " ".join(item.reason for item in found.items)


def test_recommend__the_switch_of_the_browser_is_obeyed(trained: World) -> None:
    request = RequestFactory().get("/", headers={"Cookie": "insights_personal=off"})
    assert keys(recommend(trained.customers[0], request=request)) == keys(recommend())


def test_recommend__a_visitor_is_shown_what_goes_with_the_views_of_the_day(trained: World) -> None:
    from insights.collect import recognise

    request = RequestFactory().get("/", headers={"User-Agent": "Firefox"})
    key = recognise(request).session_key
    for product in trained.tea[:3]:
        trained.event("view_item", product, days_ago=0, session_key=key)
    found = recommend(request=request, limit=3)
    assert found.strategy == "session"
    assert shelves(found) == {"tea"}
    assert found.items[0].reason.startswith("Because you viewed Tea")
    other = RequestFactory().get("/", headers={"User-Agent": "Safari"})
    assert recommend(request=other, limit=3).strategy == "bestsellers"


def test_recommend__after_a_refusal_views_are_not_used(trained: World) -> None:
    from insights.collect import recognise

    request = RequestFactory().get("/", headers={"User-Agent": "Firefox"})
    trained.event("view_item", trained.tea[0], days_ago=0, session_key=recognise(request).session_key)
    refusing = RequestFactory().get("/", headers={"User-Agent": "Firefox", "Sec-GPC": "1"})
    assert recommend(request=refusing).strategy == "bestsellers"


def test_recommend__similar_products_are_of_the_same_shelf(trained: World) -> None:
    found = recommend(product="tea-4", type="similar", limit=5)
    assert found.strategy == "similar"
    assert shelves(found) == {"tea"}
    assert "tea-4" not in keys(found)
    assert {item.reason for item in found.items} == {"Similar to Tea 4"}


def test_recommend__bought_together_by_the_model_and_by_counting(world: World) -> None:
    for _ in range(12):
        world.order(None, world.tea[2], world.coffee[7], days_ago=5)
    counted = recommend(product=world.tea[2], type="bought_together", limit=2)
    assert (counted.strategy, keys(counted)[0]) == ("together", "coffee-7")
    assert counted.items[0].reason == "Often bought with Tea 2"
    train(world)
    by_model = recommend(product=world.tea[2], type="bought_together", limit=2)
    assert (by_model.strategy, keys(by_model)[0]) == ("together", "coffee-7")


def test_recommend__one_basket_is_no_habit(world: World) -> None:
    lone = Product.objects.create(external_id="lone", name="Lone", price=3)
    world.order(None, lone, world.tea[0], days_ago=3)
    assert recommend(product=lone, type="bought_together").strategy == "bestsellers"


def test_recommend__trending_fades_with_age(world: World) -> None:
    for _ in range(30):
        world.event("view_item", world.tea[9], days_ago=1)
        world.event("view_item", world.coffee[9], days_ago=45)
    found = recommend(type="trending", limit=4)
    assert (found.strategy, keys(found)[0]) == ("trending", "tea-9")
    assert found.items[0].reason == "Popular at the moment"


def test_recommend__a_shop_without_orders_shows_what_is_new(db: None) -> None:
    for number in range(3):
        Product.objects.create(
            external_id=f"n{number}", name=f"New {number}", published_at=timezone.now() - timedelta(days=number)
        )
    found = recommend()
    assert (found.strategy, keys(found)) == ("newest", ["n0", "n1", "n2"])


def test_recommend__nothing_that_cannot_be_bought(trained: World) -> None:
    Product.objects.filter(external_id="tea-0").update(stock=0)
    Product.objects.filter(external_id="tea-1").update(is_active=False)
    Product.objects.filter(external_id="tea-2").update(is_real=False)
    Product.objects.filter(external_id="tea-3").update(stock=None)
    for kind in TYPES:
        shown = keys(recommend(trained.customers[1], trained.tea[5], kind, limit=20))
        assert not {"tea-0", "tea-1", "tea-2", "tea-5"} & set(shown), kind
    assert "tea-3" in keys(recommend(product=trained.tea[5], type="similar", limit=20))


def test_recommend__the_parent_of_variants_while_one_is_in_stock(world: World) -> None:
    parent = Product.objects.create(external_id="shirt", name="Shirt", category=world.tea[0].category, stock=0)
    small = Product.objects.create(external_id="shirt-s", name="Shirt S", parent=parent, price=8, stock=2)
    for _ in range(60):
        world.order(None, small, days_ago=3)
    shown = keys(recommend(type="trending", limit=3))
    assert shown[0] == "shirt"
    assert "shirt-s" not in shown
    Product.objects.filter(pk=small.pk).update(stock=0)
    assert "shirt" not in keys(recommend(type="trending", limit=20))


def test_recommend__the_page_of_a_variant_is_that_of_its_parent(world: World) -> None:
    child = Product.objects.create(external_id="tea-0-s", name="Tea 0 S", parent=world.tea[0], price=8)
    found = recommend(product=child, type="similar", limit=20)
    assert not {"tea-0", "tea-0-s"} & set(keys(found))
    assert found.items[0].reason == "Similar to Tea 0"


def test_recommend__no_brand_fills_a_list(world: World) -> None:
    Product.objects.filter(external_id__in=[f"tea-{n}" for n in range(8)]).update(brand="Acme")
    found = recommend(product=world.tea[9], type="similar", limit=8)
    assert sum(item.product.brand == "Acme" for item in found.items) == settings.RECOMMENDATIONS.MAX_PER_BRAND
    assert len(found.items) == 8


def test_recommend__a_shop_of_one_brand_is_not_capped(world: World) -> None:
    Product.objects.update(brand="Own")
    assert len(recommend(limit=8).items) == 8


def test_recommend__one_size_of_a_thing_unless_places_stay_empty(world: World) -> None:
    for number, product in enumerate(world.tea):
        Product.objects.filter(pk=product.pk).update(name=f"Sencha, {number} g", brand="")
    shown = [item.product.name for item in recommend(product=world.coffee[0], type="trending", limit=10).items]
    assert sum("Sencha" in name for name in shown) == 1
    full = [item.product.name for item in recommend(type="trending", limit=20).items]
    assert len(full) == 20
    assert sum("Sencha" in name for name in full[:11]) == 1


def test_recommend__products_of_another_channel_stay_there(world: World) -> None:
    foreign = Product.objects.create(channel="market", external_id="x", name="X", price=1)
    for _ in range(60):
        world.order(None, foreign, days_ago=1)
    assert "x" not in keys(recommend(type="trending", limit=20))


def test_recommend__what_was_bought_last_week_is_not_offered_beside_another(trained: World) -> None:
    customer = trained.customers[1]
    trained.order(customer, trained.tea[6], days_ago=5)
    assert "tea-6" not in keys(recommend(customer, trained.tea[5], "similar", limit=20))
    assert "tea-6" in keys(recommend(None, trained.tea[5], "similar", limit=20))


def test_recommend__a_merged_customer_is_the_one_merged_into(trained: World) -> None:
    guest = trained.customer("guest", merged_into=trained.customers[1])
    assert keys(recommend(guest)) == keys(recommend(trained.customers[1]))


def test_recommend__does_without_a_model_whose_files_are_gone(trained: World, caplog: pytest.LogCaptureFixture) -> None:
    ModelVersion.objects.update(sha256={"manifest.json": "0" * 64}, artifact="gone")
    index.forget()
    assert recommend(trained.customers[0], limit=4).items
    assert "cannot be served" in caplog.text


def test_recommend__reasons_are_in_the_language_of_the_page(world: World) -> None:
    from django.utils import translation

    with translation.override("zh-hans"):
        chinese = recommend(type="trending", limit=1).items[0].reason
    assert isinstance(chinese, str)
    assert recommend(type="trending", limit=1).items[0].reason == "Popular at the moment"


def test_recommend__asks_few_questions_of_the_database(trained: World, django_assert_max_num_queries: object) -> None:
    recommend(trained.customers[0])
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        recommend(trained.customers[0])


def _says(monkeypatch: pytest.MonkeyPatch, **looks: dict[str, object]) -> None:
    """Let the shop's adapter say how certain products look now."""
    said = {key.replace("_", "-"): fields for key, fields in looks.items()}
    monkeypatch.setattr(
        ShopAdapter,
        "look_of",
        lambda self, kind, keys: {key: said[key] for key in keys if kind == "products" and key in said},
    )


def test_recommend__the_shop_has_the_last_word_on_stock_price_and_name(
    trained: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recommend(product="tea-4", type="similar", limit=3)
    first, second = keys(before)[:2]
    _says(
        monkeypatch, **{first.replace("-", "_"): {"stock": 0}, second.replace("-", "_"): {"name": "绿茶", "price": 7}}
    )
    found = recommend(product="tea-4", type="similar", limit=3)
    assert first not in keys(found)
    assert keys(found)[0] == second
    assert (found.items[0].product.name, found.items[0].product.price) == ("绿茶", 7)
    assert Product.objects.get(external_id=second).name != "绿茶", "the table is the sync's"


def test_recommend__reasons_name_products_as_the_shop_does(trained: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _says(monkeypatch, tea_4={"name": "龙井"})
    assert {item.reason for item in recommend(product="tea-4", type="similar", limit=3).items} == {"Similar to 龙井"}


@pytest.mark.parametrize("fault", [{"colour": "red"}, None])
def test_recommend__an_adapter_that_fails_costs_no_list(
    trained: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: dict[str, object] | None
) -> None:
    before = keys(recommend(product="tea-4", type="similar", limit=3))
    monkeypatch.setattr(ShopAdapter, "look_of", lambda self, kind, wanted: dict.fromkeys(wanted, fault))
    assert keys(recommend(product="tea-4", type="similar", limit=3)) == before
    assert "does not say how products look" in caplog.text


@pytest.mark.parametrize("headers", [{}, {"Sec-GPC": "1"}])
def test_recommend__what_is_in_the_basket_is_left_out_whoever_it_is(
    trained: World, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    request = RequestFactory().get("/", headers=headers)
    for kind in TYPES:
        monkeypatch.setattr(ShopAdapter, "basket_of", lambda self, request: ())
        held = keys(recommend(product="tea-4", type=kind, limit=3, request=request))
        monkeypatch.setattr(ShopAdapter, "basket_of", lambda self, request, held=held: [*held, "unknown"])
        found = keys(recommend(product="tea-4", type=kind, limit=3, request=request))
        assert len(found) == 3
        assert not set(held) & set(found), kind


def test_recommend__neither_are_other_sizes_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = ("Earl Grey", "Earl Grey, 50 g", "Earl Grey, 100 g")
    for number, name in enumerate(sizes):
        Product.objects.create(external_id=f"e{number}", name=name, category=world.tea[0].category, price=3)
        for _ in range(50 - number):
            world.order(None, Product.objects.get(external_id=f"e{number}"), days_ago=2)
    request = RequestFactory().get("/")
    assert "e0" in keys(recommend(type="trending", limit=4, request=request))
    monkeypatch.setattr(ShopAdapter, "basket_of", lambda self, request: ["e1"])
    assert not {"e0", "e1", "e2"} & set(keys(recommend(type="trending", limit=4, request=request)))


def test_widget__a_heading_is_true(trained: World) -> None:
    lone = Product.objects.create(external_id="lone", name="Lone", price=3)
    for kind, product, heading in (
        ("similar", "tea-4", "Similar"),
        ("bought_together", lone, "You may also like"),
        ("similar", lone, "You may also like"),
        ("trending", None, "Popular now"),
        ("for_you", None, "Best sellers"),
    ):
        assert recommend(product=product, type=kind, limit=4).widget()[0] == heading, (kind, product)
    assert recommend(trained.customers[0], limit=4).widget()[0] == "For you"


def test_widget__fillers_do_not_stand_under_the_name_of_another_kind(world: World) -> None:
    for other in world.coffee[7:9]:
        for _ in range(12):
            world.order(None, world.tea[2], other, days_ago=5)
    found = recommend(product=world.tea[2], type="bought_together", limit=6)
    heading, items = found.widget()
    assert len(found.items) == 6
    assert heading == "Often bought together"
    assert {item.source for item in items} == {"together"}
    assert {"coffee-7", "coffee-8"} <= {item.product.external_id for item in items}
