from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache
from django.core.signing import Signer
from django.db import connection
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from insights.collect import VISITOR_COOKIE, shown
from insights.models import Product, Rating
from insights.serving import index
from tests.insights.serving.world import World, build_world, train


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    cache.clear()
    index.forget()
    yield
    cache.clear()
    index.forget()


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def page(tags: str, request: HttpRequest | None = None, **context: Any) -> str:
    if request is not None and not hasattr(request, "user"):
        request.user = AnonymousUser()
    values = {**context, **({"request": request} if request is not None else {})}
    return Template("{% load insights %}" + tags).render(Context(values))


def visit(**headers: str) -> HttpRequest:
    return RequestFactory().get("/p/tea-1/", headers={"User-Agent": "Firefox", **headers})


def test_recommendations__cards_with_name_picture_price_and_reason(world: World) -> None:
    Product.objects.filter(external_id="tea-2").update(image_url="/media/tea-2.svg", was_price="12.5")
    html = page('{% recommendations "similar" product=product limit=9 %}', visit(), product="tea-1")
    assert html.count("<li>") == 9
    assert 'href="/p/tea-2/"' in html
    assert 'src="/media/tea-2.svg"' in html
    assert "£7" in html
    assert "£12.50" in html
    assert "Similar to Tea 1" in html
    heading = re.search(r'<section aria-labelledby="([\w-]+)">', html)
    assert heading
    assert f'<h2 id="{heading[1]}">Similar</h2>' in html


def test_recommendations__no_inline_script_or_style(world: World) -> None:
    html = page('{% insights_beacon %}{% recommendations "for_you" %}{% recommendations "trending" %}', visit())
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL) == ["", ""]


def test_recommendations__one_style_sheet_a_page(world: World) -> None:
    html = page('{% recommendations "for_you" %}{% recommendations "trending" %}', visit())
    assert html.count('rel="stylesheet"') == 1
    assert len(set(re.findall(r'h2 id="([\w-]+)"', html))) == 2


def test_recommendations__two_lists_of_a_page_show_different_products(world: World) -> None:
    tags = '{% recommendations "similar" product="tea-1" limit=6 %}{% recommendations "for_you" limit=8 %}'
    links = re.findall(r'href="(/p/[^"]+)"', page(tags, visit()))
    assert len(links) == len(set(links)) == 14
    assert "/p/tea-1/" not in links
    everything = re.findall(r'href="(/p/[^"]+)"', page(tags.replace("limit=8", "limit=20"), visit()))
    assert len(everything) == 26


def test_recommendations__each_card_carries_a_signed_name(world: World) -> None:
    html = page('{% recommendations "trending" limit=2 %}', visit())
    tokens = [shown(text) for text in re.findall(r'data-shown="([^"]+)"', html)]
    assert [(item.place, item.list_id) for item in tokens if item] == [
        (1, "trending:trending"),
        (2, "trending:trending"),
    ]
    assert Product.objects.filter(pk__in=[item.product for item in tokens if item]).count() == 2


@pytest.mark.parametrize("headers", [{"Sec-GPC": "1"}, {"DNT": "1"}, {"Cookie": "shop_consent=none"}])
def test_recommendations__who_refused_is_shown_products_and_not_counted(world: World, headers: dict[str, str]) -> None:
    html = page('{% insights_beacon %}{% recommendations "for_you" limit=3 %}', visit(**headers))
    assert html.count("<li>") == 3
    assert "data-shown" not in html
    assert "<script" not in html


def test_recommendations__for_the_signed_in_customer(world: World) -> None:
    train(world)
    user = User.objects.create(username="kim")
    world.customers[1].external_id = str(user.pk)
    world.customers[1].save()
    request = visit()
    request.user = user
    html = page('{% recommendations "for_you" %}', request)
    assert 'data-strategy="personal"' in html
    assert "Because you bought Tea" in html
    assert "/insights/personal/?next=%2Fp%2Ftea-1%2F" in html


def test_recommendations__turn_off_is_offered_where_there_is_something_to_turn_off(world: World) -> None:
    tag = '{% recommendations "for_you" limit=2 %}'
    assert ">Turn off<" in page(tag, visit())
    for cookie in ("insights_personal=off", "shop_consent=none"):
        html = page(tag, visit(Cookie=cookie))
        assert "Why these?" in html
        assert "Turn off" not in html
    assert "Why these?" not in page('{% recommendations "trending" limit=2 %}', visit())


def test_recommendations__the_shops_own_object_is_understood(world: World) -> None:
    from shop_demo.models import Product as ShopProduct

    html = page('{% recommendations "similar" product=p limit=2 %}', visit(), p=ShopProduct(sku="tea-4"))
    assert "Similar to Tea 4" in html


@pytest.mark.parametrize(
    "tag",
    [
        '{% recommendations "for_yuo" %}',
        '{% recommendations "similar" product="nothing" %}',
        '{% recommendations "similar" product=anything %}',
        '{% recommendations limit="many" %}',
        '{% recommendations layout="spiral" %}',
    ],
)
def test_recommendations__a_mistake_is_logged_and_shows_nothing(
    world: World, tag: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert page(f"before {tag} after", visit(), anything=User()) == "before  after"
    assert "shows nothing" in caplog.text


def test_recommendations__a_failing_database_leaves_the_hosts_transaction_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr("insights.templatetags.insights.recommend", fail)
    assert page("a{% recommendations %}b", visit()) == "ab"
    assert Product.objects.count() == 20


def test_recommendations__without_request_and_without_data(db: None) -> None:
    assert page("a{% recommendations %}b").replace("\n", "") == "ab"


def test_recommendations__names_are_escaped(world: World) -> None:
    Product.objects.update(name='<img src=x onerror="alert(1)">')
    html = page('{% recommendations "trending" limit=1 %}', visit())
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_recommendations__a_parent_shows_the_cheapest_variant(world: World) -> None:
    parent = Product.objects.create(external_id="shirt", name="Shirt", currency="GBP", category=world.tea[0].category)
    for key, price in (("s", 8), ("m", 6)):
        Product.objects.create(external_id=key, parent=parent, price=price, currency="GBP", stock=1)
    html = page('{% recommendations "similar" product="tea-1" limit=20 %}', visit())
    assert "from £6" in html


def test_insights_beacon__says_where_to_and_what_the_page_is_about(world: World) -> None:
    html = page("{% insights_beacon product=p %}", visit(), p=world.tea[0])
    assert 'data-endpoint="/insights/e/"' in html
    assert 'data-product="tea-0"' in html
    assert 'data-mode="cookieless"' in html
    assert "data-page-views" not in html
    assert 'data-page-views="off"' in page("{% insights_beacon page_views=False %}", visit())
    agreed = visit(Cookie="shop_consent=all")
    assert 'data-mode="full"' in page("{% insights_beacon %}", agreed)


@pytest.mark.django_db
def test_insights_beacon__options_are_chosen_by_name(caplog: pytest.LogCaptureFixture) -> None:
    assert 'data-options="lists tags engagement history offline"' in page("{% insights_beacon %}", visit())
    assert 'data-options="lists"' in page('{% insights_beacon options="lists" %}', visit())
    bare = page('{% insights_beacon options="" %}', visit())
    assert bare.count("<script") == bare.count(" async") == 1
    assert "data-options" not in bare
    assert page('{% insights_beacon options="list" %}', visit()) == ""
    assert "lists" in caplog.text


@pytest.mark.django_db
def test_insights_beacon__takes_the_cookie_back_from_who_refuses_later() -> None:
    cookie = f"shop_consent=none; {VISITOR_COOKIE}={Signer(salt='insights.visitor').sign('k')}"
    assert 'data-mode="none"' in page("{% insights_beacon %}", visit(Cookie=cookie))


@pytest.mark.django_db
def test_insights_beacon__without_the_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert page("{% insights_beacon %}") == ""
    assert "context_processors.request" in caplog.text


SET = '{% recommendations "bought_together" product=product limit=4 layout="set" add_to="/basket/all/" %}'


def bought_together(world: World) -> None:
    for number in range(4):
        world.order(world.customer(f"buyer-{number}"), *world.tea[:3])


def test_set__the_product_with_what_is_bought_with_it_and_what_they_cost(world: World) -> None:
    bought_together(world)
    Product.objects.filter(external_id="tea-1").update(price="105.5")
    html = page(SET, visit(), product="tea-0")
    assert html.count("<li>") == 3
    assert "This one" in html
    assert "£117.50" in html
    assert "3 things together" in html
    assert 'action="/basket/all/" method="post"' in html
    assert re.findall(r'name="product" value="([^"]+)"', html) == ["tea-0", "tea-1", "tea-2"]
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{20,}"', html)
    assert "Add all three" in html


def test_set__two_are_both_and_without_an_address_there_is_no_button(world: World) -> None:
    bought_together(world)
    Product.objects.filter(external_id="tea-2").update(stock=0)
    assert "Add both" in page(SET, visit(), product="tea-0")
    html = page(SET.replace('add_to="/basket/all/"', ""), visit(), product="tea-0")
    assert "ins-set" in html
    assert "<form" not in html


@pytest.mark.parametrize(
    "changes",
    [{"price": None}, {"stock": 0}, {"is_active": False}, {"currency": "EUR"}],
    ids=["no price", "sold out", "not on sale", "another currency"],
)
def test_set__what_cannot_be_bought_as_it_stands_is_a_list(world: World, changes: dict[str, Any]) -> None:
    bought_together(world)
    Product.objects.filter(external_id="tea-0").update(**changes)
    html = page(SET, visit(), product="tea-0")
    assert "ins-set" not in html
    assert "ins-recs__list" in html


def test_set__what_has_sizes_to_choose_from_is_left_out(world: World) -> None:
    bought_together(world)
    world.tea[1].pk, parent = None, world.tea[1].pk
    world.tea[1].external_id, world.tea[1].parent_id = "tea-1-large", parent
    world.tea[1].save(force_insert=True)
    html = page(SET, visit(), product="tea-0")
    assert re.findall(r'name="product" value="([^"]+)"', html) == ["tea-0", "tea-2"]


def test_set__best_sellers_are_none(world: World) -> None:
    Product.objects.create(external_id="alone", name="Bought by nobody", price=5, currency="GBP", url="/p/alone/")
    html = page(SET, visit(), product="alone")
    assert "ins-recs__list" in html
    assert "ins-set" not in html


def rate(product: Product, *values: float, counts: bool = True) -> None:
    for value in values:
        Rating.objects.create(
            external_id=uuid.uuid4().hex, product=product, value=value, occurred_at=timezone.now(), counts=counts
        )


def test_card__says_what_customers_think_of_it_and_its_sizes(world: World) -> None:
    rate(world.tea[2], 5, 4)
    rate(world.tea[2], 1, counts=False)
    size = Product.objects.create(external_id="tea-2-large", name="Tea 2, large", parent=world.tea[2], price=9)
    rate(size, 3)
    html = page('{% recommendations "similar" product="tea-1" limit=9 %}', visit())
    assert html.count("ins-rec__stars") == 1
    assert "4.0 of 5 stars from 3 ratings" in html


def test_card__a_price_is_never_rounded(world: World) -> None:
    Product.objects.filter(external_id="tea-2").update(price="124.5", was_price="150")
    html = page('{% recommendations "similar" product="tea-1" limit=9 %}', visit())
    assert "£124.50" in html
    assert "£150<" in html
