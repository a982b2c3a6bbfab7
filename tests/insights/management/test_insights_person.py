"""``insights_export_person`` and ``insights_forget``."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from insights.models import Customer
from tests.insights.panel import data

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody() -> Customer:
    data.shop(5)
    found = Customer.objects.exclude(orders=None).order_by("pk").first()
    assert found is not None
    return found


def test_export__is_one_object(somebody: Customer, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    call_command("insights_export_person", somebody.external_id)
    told = json.loads(capsys.readouterr().out)
    assert len(told["tables"]["order"]) == somebody.orders.count() > 0
    call_command("insights_export_person", somebody.external_id, "--output", str(tmp_path / "person.json"))
    out, err = capsys.readouterr()
    assert out == ""
    assert "rows written to" in err
    written = json.loads((tmp_path / "person.json").read_text(encoding="utf-8"))["tables"]
    (looked,) = written.pop("accessrecord")
    assert looked["act"] == "exported_person", "the first export is a fact about the person too"
    assert written == told["tables"]


def test_forget__prints_a_receipt_and_nothing_else(
    somebody: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("forget\n"))
    call_command("insights_forget", somebody.external_id)
    out, err = capsys.readouterr()
    receipt = json.loads(out)
    assert set(receipt) == {"erased_at", "deleted", "anonymised", "suppressed"}
    assert receipt["deleted"]["customer"] == 1
    assert "cannot be undone" in err
    assert not Customer.objects.filter(pk=somebody.pk).exists()


@pytest.mark.parametrize("typed", ["", "no\n", "Forget\n"])
def test_forget__anything_else_changes_nothing(
    somebody: Customer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(typed))
    with pytest.raises(CommandError, match="Nothing was done"):
        call_command("insights_forget", somebody.external_id)
    assert capsys.readouterr().out == ""
    assert Customer.objects.filter(pk=somebody.pk).exists()


@pytest.mark.parametrize("command", ["insights_export_person", "insights_forget"])
def test_errors__nobody_of_that_name(somebody: Customer, capsys: pytest.CaptureFixture[str], command: str) -> None:
    near = somebody.external_id + "x"
    with pytest.raises(CommandError, match="No customer has the id"):
        call_command(command, near)
    assert capsys.readouterr().out == ""
