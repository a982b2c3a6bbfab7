from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import MARKS, RULES, Cleaner, Rejected, Ways, divided
from insights.contacts import email_hash
from insights.sources import KINDS
from insights.sources.words import classifier

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def cleaner(kind: str, names: list[str], ways: Ways | None = None) -> Cleaner:
    contract = KINDS[kind]
    blanks = contract.blanks(names)
    if "currency" in blanks:
        blanks["currency"] = "EUR"
    return Cleaner(kind, contract.columns(names, NOW), blanks, ways or Ways())


def clean(kind: str, ways: Ways | None = None, /, **values: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    result = cleaner(kind, list(values), ways).clean(list(values.values()))
    assert not isinstance(result, Rejected), result
    return result


def refused(kind: str, ways: Ways | None = None, /, **values: Any) -> Rejected:
    result = cleaner(kind, list(values), ways).clean(list(values.values()))
    assert isinstance(result, Rejected)
    return result


@given(st.integers(), st.integers().filter(bool))
def test_divided__rounds_half_to_even(value: int, by: int) -> None:
    assert divided(value, by) == round(Fraction(value, by))


@pytest.mark.parametrize("kind", KINDS)
def test_clean__every_column_has_a_value(kind: str) -> None:
    contract = KINDS[kind]
    sample = {"quantity": 1, "value": 3, "unit_price": "2", "amount": "2", "name": "purchase", "currency": "EUR"}
    needed = [field for field in contract.fields if field.required]
    given_ = {field.name: sample.get(field.name, NOW if field.read is None else "1") for field in needed}
    if kind == "order_lines":
        given_["unit_price"] = "2"
    row, marks = clean(kind, **given_)
    assert set(contract.stored) <= set(row)
    assert set(marks) <= {"total_from_lines"}


@pytest.mark.parametrize(
    ("kind", "values", "rule", "key"),
    [
        ("categories", {"id": " ", "name": "Tea"}, "missing_id", ""),
        ("categories", {"id": "tea", "name": ""}, "missing_value", "tea"),
        ("orders", {"id": "1", "placed_at": "soon"}, "unreadable_date", "1"),
        ("orders", {"id": "1", "placed_at": "1066-10-14"}, "impossible_date", "1"),
        ("orders", {"id": "1", "placed_at": NOW, "total": "n/a"}, "unreadable_number", "1"),
        ("orders", {"id": "1", "placed_at": NOW, "total": "9e99"}, "out_of_range", "1"),
        (
            "order_lines",
            {"id": 1, "order": "1", "quantity": 1, "unit_price": 1, "discount": "some"},
            "unreadable_number",
            "1",
        ),
        ("order_lines", {"id": 1, "order": "1", "quantity": "few", "unit_price": 1}, "unreadable_number", "1"),
        ("order_lines", {"id": 1, "order": "1", "quantity": "1e30", "unit_price": 1}, "out_of_range", "1"),
        ("order_lines", {"id": 1, "order": "1", "quantity": 1}, "price_missing", "1"),
        ("order_lines", {"id": 1, "order": "1", "quantity": 0, "amount": 5}, "price_missing", "1"),
        (
            "order_lines",
            {"id": 1, "order": "1", "quantity": 1_000_000, "unit_price": 900_000_000_000},
            "out_of_range",
            "1",
        ),
        ("ratings", {"id": 1, "product": "a", "value": 6, "occurred_at": NOW}, "out_of_scale", "1"),
    ],
)
def test_clean__rejects_with_the_reason(kind: str, values: dict[str, Any], rule: str, key: str) -> None:
    names, cells = list(values), list(values.values())
    machine = cleaner(kind, names)
    result = machine.clean(cells)
    assert isinstance(result, Rejected)
    assert (result.rule, result.id, result.quarantined) == (rule, key, True)
    assert result.reason
    assert machine.counts == {rule: 1}


def test_clean__what_it_can_do_without_is_left_empty_and_flagged() -> None:
    machine = cleaner("products", ["id", "price", "published_at"])
    result = machine.clean(["a", "cheap", "soon"])
    assert not isinstance(result, Rejected)
    row, marks = result
    assert (row["price"], row["published_at"]) == (None, None)
    assert marks == ("blanked_value",)
    assert machine.counts == {"blanked_value": 1, "unreadable_number": 1, "unreadable_date": 1}


def test_clean__marks_are_only_those_that_stay_on_the_row() -> None:
    row, marks = clean("customers", id="1", email=" ADA@example.com ", name="Ada  L", country="gb")
    assert marks == ()
    assert row["email_hash"] == email_hash("ada@example.com")
    assert {rule.key for rule in RULES if rule.effect == "mended"}.isdisjoint(MARKS)


@pytest.mark.parametrize("who", ["is_staff", "is_test"])
def test_customers__staff_and_tests_are_not_real(who: str) -> None:
    assert clean("customers", id="1")[0]["is_real"] is True
    assert clean("customers", id="1", **{who: "yes"})[0]["is_real"] is False


def test_products__postage_is_none() -> None:
    ways = Ways(kind=classifier({"shipping": ["POST"]}))
    assert clean("products", ways, id="POST", kind="POST")[0]["is_real"] is False
    assert clean("products", ways, id="POST", kind="POST")[1] == ("not_a_product",)
    assert clean("products", ways, id="mug", kind="mug")[0]["is_real"] is True


def test_orders__the_status_says_what_became_of_them() -> None:
    ways = Ways(status=classifier({"cancelled": ["X"], "refunded": [9], "test": [str.islower], "ignore": ["DRAFT"]}))

    def order(status: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
        return clean("orders", ways, id="1", placed_at=NOW, total=5, status=status)

    assert order("X")[0]["is_cancelled"] is True
    assert order("PAID")[0]["is_cancelled"] is False
    assert order(9)[1] == ("marked_refunded",)
    assert order(9)[0]["status"] == "9"
    assert order("draft")[0]["is_test"] is True
    assert order("PAID\x00" + "!" * 40)[0]["status"] == "PAID" + "!" * 28
    assert order(None)[0]["status"] == ""
    left = refused("orders", ways, id="1", placed_at=NOW, status="DRAFT")
    assert (left.rule, left.quarantined) == ("ignored", False)


def test_orders__without_a_total_wait_for_their_lines() -> None:
    row, marks = clean("orders", id="1", placed_at=NOW)
    assert row["total"] is None
    assert marks == ("total_from_lines",)


money_places = st.decimals(min_value=-10_000, max_value=10_000, places=2)


@given(st.integers(-50, 50).filter(bool), money_places, money_places)
def test_order_lines__net_is_quantity_times_price_less_discount(number: int, price: Any, discount: Any) -> None:
    row, _ = clean("order_lines", id=1, order="1", quantity=number, unit_price=price, discount=discount)
    assert row["net_amount"] == int((number * price - discount) * 10_000)


@given(st.integers(-50, 50).filter(bool), money_places, money_places | st.none())
def test_order_lines__an_amount_is_what_was_paid(number: int, amount: Any, price: Any) -> None:
    row, _ = clean("order_lines", id=1, order="1", quantity=number, amount=amount, unit_price=price)
    assert row["net_amount"] == int(amount * 10_000)
    if price is None:
        assert abs(row["discount"]) <= abs(number), "only rounding of the price is left over"


@pytest.mark.parametrize(
    ("values", "kind", "marks"),
    [
        ({"quantity": 2, "unit_price": 3}, "product", ()),
        ({"quantity": -2, "unit_price": 3}, "return", ()),
        ({"quantity": 0, "unit_price": 3}, "product", ("quantity_zero",)),
        ({"quantity": 1, "unit_price": 0}, "product", ("price_not_positive",)),
        ({"quantity": -1, "unit_price": -3}, "product", ("price_not_positive",)),
        ({"quantity": 1, "unit_price": 3, "kind": "POST"}, "shipping", ("not_a_product",)),
        ({"quantity": -1, "unit_price": 3, "kind": "POST"}, "return", ("not_a_product",)),
        ({"quantity": -1, "unit_price": 3, "kind": "D"}, "discount", ("not_a_product",)),
    ],
)
def test_order_lines__have_a_kind(values: dict[str, Any], kind: str, marks: tuple[str, ...]) -> None:
    ways = Ways(kind=classifier({"shipping": ["POST"], "discount": ["D"]}))
    row, said = clean("order_lines", ways, **{"id": 1, "order": "1", **values})
    assert (row["kind"], said) == (kind, marks)


@given(st.floats(0, 10))
def test_ratings__of_any_scale_become_stars(value: float) -> None:
    row, _ = clean("ratings", Ways(scale=(0, 10)), id=1, product="a", value=value, occurred_at=NOW)
    assert 1 <= row["value"] <= 5
    assert row["value"] == pytest.approx(1 + 0.4 * value, abs=1e-4)


def test_events__names_devices_and_machines() -> None:
    ways = Ways(events={"seen": "view_item"})
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"
    row, marks = clean("events", ways, id="1", name="seen", occurred_at=NOW, user_agent=phone)
    assert (row["name"], row["device"], row["bot"], marks) == ("view_item", "mobile", "", ())
    assert "user_agent" not in row
    row, marks = clean("events", ways, id="1", name="waved", occurred_at=NOW, user_agent="Googlebot/2.1")
    assert (row["bot"], marks) == ("crawler", ("bot", "unknown_event"))
