from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from rest_framework.test import APIClient

from insights.models import Customer, Run, RunStep
from tests.insights.analytics.world import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts_from_other_tests(settings: Any) -> None:
    """Each test starts with an empty cache, where the throttle counts."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "api"}}
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def shop() -> World:
    return build(seed=5, orders=40, people=8)


def client(*permissions: str) -> APIClient:
    """A client of a user with some permissions of this app."""
    user = User.objects.create_user("someone")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="insights", codename__in=permissions))
    made = APIClient()
    made.force_authenticate(User.objects.get(pk=user.pk))
    return made


def address(name: str, *args: Any) -> str:
    return reverse(f"insights:api_{name}", args=args)


def test_query__answers(shop: World) -> None:
    body = {"metrics": ["revenue", "orders"], "dimensions": ["month"]}
    answer = client("view_insights").post(address("query"), body, format="json")
    assert answer.status_code == 200
    assert [column["key"] for column in answer.json()["columns"]] == ["month", "revenue", "orders"]
    assert answer.json()["totals"]["orders"] == len(shop.valid())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"metrics": ["revenu"]}, "Did you mean “revenue”"),
        ({"metrics": ["revenue"], "dimension": ["day"]}, "Did you mean “dimensions”"),
        ({"metrics": ["visits"], "dimensions": ["product"]}, "product_views"),
        ({"dimensions": ["day"]}, "needs “metrics”"),
        (["revenue"], "is an object"),
    ],
)
def test_query__says_what_is_wrong(body: Any, said: str) -> None:
    answer = client("view_insights").post(address("query"), body, format="json")
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_query__is_not_for_everyone() -> None:
    assert APIClient().post(address("query"), {"metrics": ["revenue"]}, format="json").status_code in (401, 403)
    answer = client("ask_insights").post(address("query"), {"metrics": ["revenue"]}, format="json")
    assert answer.status_code == 403
    assert "insights.view_insights" in answer.json()["detail"]


def test_metrics__lists_the_catalogue() -> None:
    answer = client("view_insights").get(address("metrics"), headers={"accept-language": "en"}).json()
    revenue = next(metric for metric in answer["metrics"] if metric["key"] == "revenue")
    assert revenue["unit"] == "money"
    assert "country" in revenue["dimensions"]
    assert "device" not in revenue["dimensions"]
    segment = next(dimension for dimension in answer["dimensions"] if dimension["key"] == "segment")
    assert segment["values"]["champions"] == "Champions"


def test_ask__passes_the_question_on(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: dict[str, Any] = {}

    def ask(text: str, **options: Any) -> Any:
        heard.update(options, text=text)
        return SimpleNamespace(as_dict=lambda: {"kind": "number"})

    monkeypatch.setitem(sys.modules, "insights.assistant", SimpleNamespace(ask=ask))
    caller = client("ask_insights")
    answer = caller.post(address("ask"), {"question": "Revenue?", "language": "en"}, format="json")
    assert answer.json() == {"kind": "number"}
    assert (heard["text"], heard["language"], heard["user"].username) == ("Revenue?", "en", "someone")
    assert caller.post(address("ask"), {}, format="json").status_code == 400


def test_ask__needs_its_permission() -> None:
    assert client("view_insights").post(address("ask"), {"question": "?"}, format="json").status_code == 403


def test_ask__is_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = SimpleNamespace(as_dict=dict)
    monkeypatch.setitem(sys.modules, "insights.assistant", SimpleNamespace(ask=lambda text, **options: answer))
    caller = client("ask_insights")
    codes = [caller.post(address("ask"), {"question": "?"}, format="json").status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]


def recommending(monkeypatch: pytest.MonkeyPatch, shop: World) -> list[tuple[Any, ...]]:
    asked: list[tuple[Any, ...]] = []

    def recommend(*args: Any) -> Any:
        asked.append(args)
        item = SimpleNamespace(product=shop.products[0], score=0.5, reason="Often bought together", source="together")
        return SimpleNamespace(items=[item], strategy="together", type="similar", list_id="L1")

    monkeypatch.setitem(sys.modules, "insights.serving", SimpleNamespace(recommend=recommend))
    return asked


def test_recommendations__of_a_product_are_public(monkeypatch: pytest.MonkeyPatch, shop: World) -> None:
    asked = recommending(monkeypatch, shop)
    answer = APIClient().get(address("recommendations"), {"product": "P0", "type": "similar", "limit": 3})
    assert answer.status_code == 200
    assert asked == [(None, "P0", "similar", 3)]
    item = answer.json()["items"][0]
    assert (item["product"], item["reason"]) == ("P0", "Often bought together")
    assert item["price"] == pytest.approx(float(shop.products[0].price or 0))


def test_recommendations__of_a_customer_need_a_permission(monkeypatch: pytest.MonkeyPatch, shop: World) -> None:
    recommending(monkeypatch, shop)
    assert APIClient().get(address("recommendations"), {"customer": "k1"}).status_code in (401, 403)
    assert client("view_insights").get(address("recommendations"), {"customer": "k1"}).status_code == 200


def test_recommendations__refuse_a_wrong_limit() -> None:
    assert "limit" in APIClient().get(address("recommendations"), {"limit": 1000}).json()["fields"]


def test_customer__without_name_unless_allowed(shop: World) -> None:
    person = shop.customers[0]
    facts = client("view_insights").get(address("customer", person.external_id)).json()
    assert facts["external_id"] == person.external_id
    assert facts["orders"] == sum(order.customer is person for order in shop.valid())
    assert "name" not in facts
    assert "email" not in facts
    User.objects.all().delete()
    named = client("view_insights", "see_personal_data").get(address("customer", person.external_id)).json()
    assert named["name"] == person.name


def test_customer__unknown_and_ambiguous() -> None:
    caller = client("view_insights")
    assert caller.get(address("customer", "nobody")).status_code == 404
    for channel in ("shop", "market"):
        Customer.objects.create(external_id="a/1", channel=channel)
    answer = caller.get(address("customer", "a/1"))
    assert answer.status_code == 400
    assert "market, shop" in answer.json()["detail"]
    assert caller.get(address("customer", "a/1"), {"channel": "market"}).json()["channel"] == "market"


def test_runs__queue_a_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def enqueue(families: list[str], *, as_of: Any, requested_by: str) -> Run:
        return Run.objects.create(kind="training", families=families, requested_by=requested_by)

    monkeypatch.setitem(sys.modules, "insights.training", SimpleNamespace(enqueue=enqueue))
    caller = client("train_models", "view_insights")
    answer = caller.post(address("runs"), {"families": ["segmentation"]}, format="json")
    assert answer.status_code == 202
    run = Run.objects.get(uid=answer.json()["uid"])
    assert (run.families, run.requested_by) == (["segmentation"], "someone")
    RunStep.objects.create(run=run, name="snapshot", position=0)
    seen = caller.get(address("run", run.uid)).json()
    assert seen["state"] == "queued"
    assert [step["name"] for step in seen["steps"]] == ["snapshot"]


def test_runs__need_their_permission() -> None:
    assert client("view_insights").post(address("runs"), {}, format="json").status_code == 403


def test_run__unknown() -> None:
    assert client("view_insights").get(address("run", "7a0f2f6e-0000-4000-8000-000000000000")).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "code", "said"),
    [
        ("ask", {}, "invalid", "“question”: This field is required."),
        ("ask", {"question": "x", "language": "fr"}, "invalid", '“language”: "fr" is not a valid choice.'),
        ("ask", {"question": "x", "langage": "en"}, "unknown_key_error", "Did you mean “language”?"),
        ("ask", [], "invalid", "dictionary"),
        ("runs", {"familes": ["prediction"]}, "unknown_key_error", "Did you mean “families”?"),
        ("runs", {"families": ["predicton"]}, "unknown_key_error", "Did you mean “prediction”?"),
        ("runs", {"families": [["x"]]}, "invalid", "“families”: Not a valid string."),
    ],
)
def test_errors__have_one_shape(name: str, body: Any, code: str, said: str) -> None:
    answer = client("ask_insights", "train_models").post(address(name), body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert said in answer.json()["detail"]
    assert not Run.objects.exists()


def test_errors__of_the_framework_have_it_too() -> None:
    caller = client("view_insights")
    broken = caller.post(address("query"), "{broken", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "parse_error")
    assert caller.post(address("query"), {"metrics": "x"}).json()["code"] == "unsupported_media_type"
    assert caller.get(address("query")).json()["code"] == "method_not_allowed"
    assert caller.get(address("customer", "nobody")).json()["code"] == "not_found"
    assert APIClient().get(address("metrics")).json()["code"] in ("not_authenticated", "permission_denied")
    assert caller.get(address("recommendations"), {"typ": "similar"}).json()["detail"].startswith("Unknown field “typ”")
