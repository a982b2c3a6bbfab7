from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from tests.insights.serving.world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return build_world()


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("insights_recommend", *arguments, stdout=out)
    return out.getvalue()


def test_json__is_one_object_of_the_agreed_shape(world: World) -> None:
    told = json.loads(printed("--product", "tea-1", "--type", "similar", "--limit", "3", "--json"))
    assert set(told) == {"items", "strategy"}
    assert told["strategy"] == "similar"
    assert len(told["items"]) == 3
    for item in told["items"]:
        assert set(item) == {"product", "score", "reason"}
        assert item["product"].startswith("tea-")
        assert item["reason"] == "Similar to Tea 1"


def test_text__names_product_and_reason(world: World) -> None:
    assert "Tea" in printed("--customer", "c1", "--type", "trending")


@pytest.mark.django_db
def test_text__an_empty_shop_is_told_what_to_do() -> None:
    assert "insights_sync" in printed()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--customer", "nobody"), "No customer has the key “nobody”"),
        (("--product", "nothing"), "No product has the key “nothing”"),
        (("--type", "similiar"), "Did you mean “similar”"),
        (("--limit", "0"), "at least 1"),
    ],
)
@pytest.mark.django_db
def test_errors__say_what_is_wrong(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("insights_recommend", *arguments)
