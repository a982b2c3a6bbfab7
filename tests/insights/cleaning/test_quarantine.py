from __future__ import annotations

import pytest

from insights.cleaning import BadRow, lying, quarantine, resolve
from insights.models import QuarantinedRow

pytestmark = pytest.mark.django_db


def bad(key: str = "1", rule: str = "missing_value", reason: str = "“name” is empty.", **row: object) -> BadRow:
    return BadRow(key, rule, reason, row)


def test_quarantine__keeps_the_row_as_it_came() -> None:
    assert quarantine("shop", "products", [bad(price=3, name=None, note="x\x00y\ud800" + "z" * 400)]) == 1
    kept = QuarantinedRow.objects.get()
    assert (kept.channel, kept.kind, kept.external_id, kept.rule) == ("shop", "products", "1", "missing_value")
    assert kept.row["price"] == "3"
    assert kept.row["name"] is None
    assert kept.row["note"].startswith("x\ufffdy\ufffdz")
    assert len(kept.row["note"]) == 300


def test_quarantine__a_reason_is_storable_on_every_database() -> None:
    quarantine("shop", "orders", [bad(reason="“\x00\ud800” is not a number." + "!" * 400)])
    reason = QuarantinedRow.objects.get().reason
    assert reason.startswith("“\ufffd\ufffd” is not")
    assert len(reason) == 300


def test_quarantine__the_same_row_lies_there_once() -> None:
    assert quarantine("shop", "products", [bad()]) == 1
    assert quarantine("shop", "products", [bad(reason="Now another.")]) == 0
    assert QuarantinedRow.objects.get().reason == "Now another."
    assert quarantine("shop", "products", [bad(rule="unreadable_number")]) == 1
    assert quarantine("other", "products", [bad()]) == 1
    assert quarantine("shop", "orders", [bad(), bad()]) == 1


def test_quarantine__nothing_is_written_when_nothing_changed(django_assert_num_queries: object) -> None:
    quarantine("shop", "products", [bad()])
    with django_assert_num_queries(1):  # type: ignore[operator]
        quarantine("shop", "products", [bad()])


def test_resolve__a_mended_row_is_opened_again_when_it_breaks_again() -> None:
    quarantine("shop", "products", [bad("1"), bad("2")])
    assert lying("shop", "products") == {"1", "2"}
    assert resolve("shop", "products", ["1", "1", "9"]) == 1
    assert lying("shop", "products") == {"2"}
    quarantine("shop", "products", [bad("1")])
    assert lying("shop", "products") == {"1", "2"}


def test_resolve__what_was_found_by_comparing_waits_for_another_comparison() -> None:
    quarantine("shop", "order_lines", [bad(rule="return_without_sale"), bad(rule="orphan")])
    assert resolve("shop", "order_lines", ["1"]) == 1
    assert QuarantinedRow.objects.get(resolved_at=None).rule == "return_without_sale"
    assert lying("shop", "order_lines") == set()
    assert resolve("shop", "order_lines", ["1"], rule="return_without_sale") == 1
