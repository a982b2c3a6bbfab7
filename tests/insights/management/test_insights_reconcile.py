from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from insights.sources import sync
from shop_demo import models as shop
from shop_demo.simulator import simulate
from tests.insights.sources.shop import order, person, product

pytestmark = pytest.mark.django_db


def test_json__explains_every_difference_of_the_simulated_shop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulate(tmp_path, customers=40, days=90, seed=3)
    sync()
    call_command("insights_reconcile", "--json")
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"days", "rows", "unexplained", "unchecked", "seconds"}
    assert (told["unexplained"], told["unchecked"]) == (0, 0)
    assert {row["reason"] for row in told["rows"]} >= {"cancelled", "quarantined", "no_rate", "test", "staff", "empty"}
    assert sum(day["shop"]["orders"] for day in told["days"]) == shop.Order.objects.count()
    gap = sum(Decimal(day["shop"]["revenue"]) - Decimal(day["ours"]["revenue"]) for day in told["days"])
    assert sum(Decimal(row["revenue"]) for row in told["rows"]) == gap != 0


def test_text__one_line_a_reason_and_an_end_with_1_where_one_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    ada, tea = person(), product()
    order(ada, (tea, 1, "5"), status="cancelled")
    silent = order(ada, (tea, 1, "5"))
    sync()
    call_command("insights_reconcile", "--from", "2026-03-01", "--to", "2026-03-31")
    told = capsys.readouterr().out
    assert "shop: 1 days, 1 of them with differences" in told
    assert "Cancelled" in told
    shop.Order.objects.filter(pk=silent.pk).update(total=50)
    with pytest.raises(SystemExit, match="1"):
        call_command("insights_reconcile")
    assert "Not explained" in capsys.readouterr().out
    call_command("insights_reconcile", "--to", "2026-03-01")


def test_errors__say_what_to_do(settings: object) -> None:
    with pytest.raises(CommandError, match="write YYYY-MM-DD"):
        call_command("insights_reconcile", "--from", "March")
    settings.INSIGHTS = {}  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="names no adapter"):
        call_command("insights_reconcile")
