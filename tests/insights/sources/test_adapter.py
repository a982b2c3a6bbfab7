from __future__ import annotations

import re
import textwrap
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from django.db.models import TextChoices

import insights
from insights.exceptions import AdapterError, UnknownKeyError
from insights.sources import KINDS, Kind, get_adapter, get_adapters, load_adapter
from insights.sources.adapter import MEANING, READING
from insights.sources.words import classifier


class State(TextChoices):
    OUT = "out"


class Level(Enum):
    HIGH = 3


class Base(insights.Adapter):
    class Orders:
        model = "shop.Order"
        placed_at = "placed_at"
        status = {"cancelled": ["X"]}

    class Products:
        model = "shop.Product"
        id = "sku"

    class _Hidden:
        pass


class Child(Base):
    name = "child"

    class Orders(Base.Orders):
        total = "lines"
        status_field = "state"

        def email(row: Any) -> str:  # noqa: N805
            return "of the row"

    class Parcels:
        model = "shop.Order"


def test_declarations__values_and_options_are_told_apart() -> None:
    said = Base.declarations["orders"]
    assert said.values == {"placed_at": "placed_at", "id": "pk", "status": "status"}
    assert said.options == {"model": "shop.Order", "status": {"cancelled": ["X"]}}
    assert said.strays == ()


def test_declarations__are_inherited_and_overridden() -> None:
    said = Child.declarations["orders"]
    assert said.values["status"] == "state"
    assert said.values["total"] == "lines"
    assert said.values["placed_at"] == "placed_at"
    assert said.values["email"](None) == "of the row"
    assert Child.declarations["products"] == Base.declarations["products"]
    assert Base.strays == ()
    assert Child.strays == ("Parcels",)
    assert "total" not in Base.declarations["orders"].values


def test_declarations__a_static_method_is_a_callable() -> None:
    class Shop(insights.Adapter):
        class Products:
            model = "shop.Product"
            price = staticmethod(len)
            no_such_field = 1

    said = Shop.declarations["products"]
    assert said.values["price"] is len
    assert said.strays == ("no_such_field",)


def test_declarations__where_the_words_are_looked_for() -> None:
    class Shop(insights.Adapter):
        class Orders:
            model = "shop.Order"
            id = None
            status_field = "state"

        class Products:
            model = "shop.Product"
            id = "sku"
            kind = {"fee": ["BANK"]}

        class OrderLines:
            model = "shop.OrderLine"
            product = "sku"
            kind = {"fee": ["BANK"]}
            kind_field = "code"

    assert Shop.declarations["orders"].values == {"id": "pk", "status": "state"}
    assert Shop.declarations["products"].values["kind"] == "sku"
    assert Shop.declarations["order_lines"].values["kind"] == "code"


@pytest.mark.parametrize(
    ("name", "valid"), [("shop", True), ("pos-2.b_c", True), ("", False), ("a b", False), ("x" * 33, False), (7, False)]
)
def test_has_valid_name(name: Any, valid: bool) -> None:
    assert type("Shop", (insights.Adapter,), {"name": name}).has_valid_name() is valid


def test_classifier__reads_values_of_all_types() -> None:
    said = classifier(
        {
            "cancelled": ["X", State.OUT, 3],
            "refunded": re.compile(r"R\d+"),
            "test": lambda value: str(value).startswith("t"),
            "ignore": "draft",
        }
    )
    assert [said(value) for value in ("X", "out", State.OUT, 3, "3", Level.HIGH)] == ["cancelled"] * 6
    assert (said("R12"), said("R12b"), said("tea"), said("draft"), said("paid")) == (
        "refunded",
        None,
        "test",
        "ignore",
        None,
    )


def test_classifier__without_meanings_says_nothing_or_takes_our_own_words() -> None:
    assert classifier(None)("cancelled") is None
    whole = classifier({}, whole=True)
    assert (whole("Shipping "), whole("gift card")) == ("shipping", None)
    assert classifier({"fee": ["B"]}, whole=True)("shipping") is None


def test_load_adapter__names_what_is_wrong() -> None:
    assert isinstance(load_adapter(f"{__name__}.Base"), Base)
    with pytest.raises(AdapterError, match="cannot be imported"):
        load_adapter(f"{__name__}.Bse")
    with pytest.raises(AdapterError, match=r"no subclass of insights\.Adapter"):
        load_adapter(f"{__name__}.State")


def test_get_adapters__in_the_order_of_the_settings(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTERS": [f"{__name__}.Child", f"{__name__}.Base"]}
    assert [adapter.name for adapter in get_adapters()] == ["child", "shop"]
    assert isinstance(get_adapter("child"), Child)
    with pytest.raises(UnknownKeyError, match="Did you mean “child”"):
        get_adapter("chidl")


def test_get_adapters__two_of_one_name_are_refused(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTERS": [f"{__name__}.Base"] * 2}
    with pytest.raises(AdapterError, match="both named “shop”"):
        get_adapters()


ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "reference" / "adapter.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_page__names_every_field_and_option(kind: Kind) -> None:
    section = PAGE.split(f"\n### {kind.inner}\n")[1].split("\n### ")[0]
    for field in kind.fields:
        assert f"| `{field.name}` |" in section, field.name
    for option in (*READING, *MEANING.get(kind.name, ())):
        assert f"`{option}`" in PAGE, option


def test_page__names_every_problem() -> None:
    sources = [
        ROOT / "insights" / "checks.py",
        *(ROOT / "insights" / "sources" / f"{name}.py" for name in ("option_checks", "resolve")),
    ]
    said = {code for path in sources for code in re.findall(r"insights\.[EW]\d{3}", path.read_text(encoding="utf-8"))}
    assert said == set(re.findall(r"`(insights\.[EW]\d{3})`", PAGE))


def test_page__its_example_is_python() -> None:
    example = PAGE.split("\n    import insights\n")[1].split("\n\nName it")[0]
    place: dict[str, Any] = {}
    exec(textwrap.dedent(f"    import insights\n{example}"), place)
    assert set(place["ShopAdapter"].declarations) == {"customers", "products", "orders", "order_lines"}
