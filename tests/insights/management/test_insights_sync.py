from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from insights.models import Customer, Order
from insights.sources import KINDS
from shop_demo.simulator import simulate
from tests.insights.sources import shop

pytestmark = pytest.mark.django_db

NUMBERS = {"read", "created", "updated", "unchanged", "deleted", "quarantined"}


def test_json__is_one_object_and_a_second_sync_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulate(tmp_path, customers=20, days=40, seed=3)
    call_command("insights_sync", "--json")
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"adapter", "kinds", "cleaning", "seconds"}
    assert told["adapter"] == "shop"
    assert set(told["kinds"]) <= set(KINDS)
    for numbers in told["kinds"].values():
        assert set(numbers) == NUMBERS
    assert told["kinds"]["orders"]["created"] == Order.objects.count() > 0
    assert told["kinds"]["customers"]["created"] > 0
    assert Customer.objects.exists()
    assert all(isinstance(count, int) for count in told["cleaning"].values())

    call_command("insights_sync", "--adapter", "shop", "--json")
    again = json.loads(capsys.readouterr().out)
    for kind, numbers in again["kinds"].items():
        assert numbers["created"] == numbers["updated"] == numbers["deleted"] == 0, kind
    call_command("insights_sync")
    assert "shop: 0 rows changed" in capsys.readouterr().out


def test_rows_that_were_put_aside_are_told_with_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    shop.product("tea")
    call_command("insights_sync")
    assert "could not be taken over" not in capsys.readouterr().out
    shop.order(days=9_999)
    call_command("insights_sync")
    assert "\n1 rows could not be taken over and are in no figure. See why under" in capsys.readouterr().out


def test_errors__name_the_nearest_adapter_and_print_no_object(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"Unknown adapter “shpo”\. Did you mean “shop”"):
        call_command("insights_sync", "--adapter", "shpo", "--json")
    assert capsys.readouterr().out == ""


def test_errors__without_an_adapter_one_is_told_how_to_get_one(settings: object) -> None:
    settings.INSIGHTS = {}  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="insights_init"):
        call_command("insights_sync", "--json")
