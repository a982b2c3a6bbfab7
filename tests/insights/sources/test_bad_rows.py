"""Whatever is wrong with a row, it is counted under a named rule, and what the rule says becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from insights.cleaning import BY_KEY, RULES
from insights.models import Event, QuarantinedRow
from insights.sources import KINDS
from insights.sources.files import ImportReport, import_file

pytestmark = pytest.mark.django_db

GOOD: dict[str, dict[str, Any]] = {
    "customers": {"id": "c", "email": "c@example.com", "country": "FR", "joined_at": "2026-01-01"},
    "categories": {"id": "k", "name": "Cups"},
    "products": {"id": "p", "name": "Mug", "price": "5", "currency": "GBP", "kind": ""},
    "orders": {
        "id": "o", "placed_at": "2026-01-02", "customer": "ada", "total": "5", "currency": "GBP", "status": "paid",
        "email": "", "is_test": "", "tax": "",
    },
    "order_lines": {"id": "l", "order": "A", "product": "mug", "quantity": "1", "unit_price": "5", "kind": ""},
    "refunds": {"id": "r", "order": "A", "amount": "1", "occurred_at": "2026-01-03"},
    "ratings": {"id": "r", "product": "mug", "customer": "ada", "value": "4", "occurred_at": "2026-01-03"},
    "events": {
        "id": "e", "name": "view_item", "occurred_at": "2026-01-03", "session": "s", "product": "mug",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    },
    "ad_spend": {
        "day": "2026-01-03", "source": "google", "medium": "cpc", "campaign": "tea", "currency": "GBP", "cost": "5",
        "clicks": "3",
    },
}  # fmt: skip
"""A row of each kind that nothing is wrong with, but for what every file of its kind lacks."""

CASES = [
    *((kind, {"id": ""}, "missing_id") for kind in ("customers", "categories", "products", "orders")),
    ("products", {"id": "x" * 129}, "missing_id"),
    ("categories", {"name": " "}, "missing_value"),
    ("orders", {"placed_at": ""}, "missing_value"),
    ("order_lines", {"quantity": ""}, "missing_value"),
    ("refunds", {"amount": ""}, "missing_value"),
    ("ratings", {"value": ""}, "missing_value"),
    ("events", {"name": ""}, "missing_value"),
    ("ad_spend", {"source": "(not set)"}, "missing_value"),
    ("ad_spend", {"clicks": "-1"}, "blanked_value"),
    ("order_lines", {"quantity": "many"}, "unreadable_number"),
    ("order_lines", {"discount": "some"}, "unreadable_number"),
    ("orders", {"total": "n/a"}, "unreadable_number"),
    ("orders", {"total": "9e99"}, "out_of_range"),
    ("order_lines", {"quantity": "NaN"}, "unreadable_number"),
    ("refunds", {"amount": "inf"}, "unreadable_number"),
    ("ratings", {"value": "good"}, "unreadable_number"),
    ("order_lines", {"quantity": "1e30"}, "out_of_range"),
    ("order_lines", {"quantity": "1000000", "unit_price": "1000000000"}, "out_of_range"),
    ("refunds", {"amount": "9" * 20}, "out_of_range"),
    ("orders", {"placed_at": "soon"}, "unreadable_date"),
    ("orders", {"placed_at": "2026-02-30"}, "unreadable_date"),
    ("orders", {"placed_at": "01/12/2025"}, "unreadable_date"),
    ("refunds", {"occurred_at": "soon"}, "unreadable_date"),
    ("orders", {"placed_at": "1970-01-01"}, "impossible_date"),
    ("orders", {"placed_at": "2999-01-01"}, "impossible_date"),
    ("ratings", {"occurred_at": "2999-01-01"}, "impossible_date"),
    ("events", {"occurred_at": "0001-01-01T00:00:00+14:00"}, "impossible_date"),
    ("customers", {"joined_at": "1066-10-14"}, "blanked_value"),
    ("products", {"price": "dear"}, "blanked_value"),
    ("orders", {"tax": "some"}, "blanked_value"),
    ("orders", {"is_test": "perhaps"}, "blanked_value"),
    ("products", {"name": "  Big \t Mug"}, "whitespace"),
    ("products", {"name": "x" * 301}, "too_long"),
    ("customers", {"email": " C@Example.com"}, "email_case"),
    ("customers", {"email": "c at example"}, "email_invalid"),
    ("orders", {"email": "@"}, "email_invalid"),
    ("customers", {"country": "UNITED KINGDOM"}, "country_case"),
    ("orders", {"currency": ""}, "missing_currency"),
    ("orders", {"currency": "XQZ"}, "unknown_currency"),
    ("products", {"currency": "pounds"}, "unknown_currency"),
    ("orders", {"currency": "JPY"}, "no_rate"),
    ("order_lines", {"unit_price": ""}, "price_missing"),
    ("order_lines", {"unit_price": "0"}, "price_not_positive"),
    ("order_lines", {"unit_price": "-3"}, "price_not_positive"),
    ("order_lines", {"quantity": "0"}, "quantity_zero"),
    ("order_lines", {"kind": "shipping"}, "not_a_product"),
    ("products", {"kind": "fee"}, "not_a_product"),
    ("order_lines", {"quantity": "-1"}, "return_without_sale"),
    ("order_lines", {"order": "nowhere"}, "orphan"),
    ("refunds", {"order": "nowhere"}, "orphan"),
    ("ratings", {"product": "nowhere"}, "orphan"),
    ("order_lines", {"product": "nowhere"}, "unknown_product"),
    ("orders", {"customer": "nobody"}, "unknown_customer"),
    ("ratings", {"customer": "nobody"}, "unknown_customer"),
    ("orders", {"total": ""}, "total_from_lines"),
    ("orders", {"is_test": "yes"}, "test"),
    ("orders", {"status": "refunded"}, "marked_refunded"),
    ("orders", {"status": "refunded"}, "refunded"),
    ("orders", {"status": "cancelled"}, "cancelled"),
    ("orders", {"total": "0"}, "empty"),
    ("ratings", {"value": "6"}, "out_of_scale"),
    ("ratings", {"value": "0"}, "out_of_scale"),
    ("events", {"name": "juggle"}, "unknown_event"),
    ("events", {"user_agent": "Googlebot/2.1"}, "bot"),
]
ELSEWHERE = {
    "unreadable_row",
    "expired",
    "duplicate_line",
    "quantity_outlier",
    "price_outlier",
    "total_mismatch",
    "impossible_total",
    "staff",
    "ignored",
    "forgotten",
    "repeated_key",
    "duplicate_event",
    "failed_function",
    "of_left_out",
    # of the inbox
    "event_id",
    "event_name",
    "event_shape",
    "lost_batch",
    "unreadable_batch",
    "unsigned_list",
}
"""Rules that need more than one row, or an adapter: the tests of syncs, of cleaning and of files look at these."""


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def to_file(row: dict[str, Any]) -> Path:
        path = tmp_path / "rows.csv"
        path.write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n")
        return path

    return to_file


@pytest.fixture(autouse=True)
def parents(write: Any) -> None:
    """What the rows refer to."""
    import_file("customers", write({"id": "ada", "email": "ada@example.com"}))
    import_file("products", write({"id": "mug", "name": "Mug", "price": "5", "currency": "GBP"}))
    import_file(
        "orders", write({"id": "A", "placed_at": "2026-01-02", "customer": "ada", "total": "5", "currency": "GBP"})
    )


def import_row(kind: str, write: Any, wrong: dict[str, str] | None = None) -> ImportReport:
    return import_file(kind, write(GOOD[kind] | (wrong or {})))


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_row_is_taken_over_without_a_word(kind: str, write: Any) -> None:
    report = import_row(kind, write)
    assert (report.rows.created, report.rows.quarantined, dict(report.cleaning)) == (1, 0, {})
    assert not QuarantinedRow.objects.exists()


@pytest.mark.parametrize(("kind", "wrong", "rule"), CASES)
def test_a_bad_row_is_counted_and_treated_as_its_rule_says(
    kind: str, wrong: dict[str, str], rule: str, write: Any
) -> None:
    before = KINDS[kind].model._default_manager.count()

    report = import_row(kind, write, wrong)

    assert report.cleaning.get(rule) == 1, dict(report.cleaning)
    aside = QuarantinedRow.objects.filter(resolved_at=None)
    added = KINDS[kind].model._default_manager.count() - before
    if BY_KEY[rule].effect == "quarantined" and rule != "return_without_sale":
        found = aside.get()
        assert (added, found.kind, found.rule) == (0, kind, rule)
        assert found.reason.endswith(".")
        assert all(found.row[name] == value for name, value in wrong.items() if value and len(value) < 300)
    elif rule == "return_without_sale":
        assert (aside.get().rule, added) == (rule, 1), "the line is there, and moves no money"
    else:
        assert (added, aside.count()) == (1, 0)
        row = KINDS[kind].model._default_manager.latest("pk")
        if BY_KEY[rule].effect == "flagged" and not isinstance(row, Event):
            assert rule in row.flags
        if BY_KEY[rule].effect == "not_counted":
            assert not getattr(row, "counts", False)
    again = import_row(kind, write, wrong)
    assert (again.rows.created, again.rows.updated, again.rows.deleted, again.rows.quarantined) == (0, 0, 0, 0)


def test_every_rule_is_tested() -> None:
    tested = {rule for _, _, rule in CASES}
    assert tested | ELSEWHERE == {rule.key for rule in RULES}
