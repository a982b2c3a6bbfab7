from __future__ import annotations

import json
import socket
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop_demo.management.commands import demo
from shop_demo.models import Order
from shop_demo.simulator.truth import FACTS


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that the demo runs, which here do nothing."""
    names: list[str] = []
    monkeypatch.setattr(demo, "call_command", lambda name, *args, **options: names.append(name))
    return names


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    settings.VAR = tmp_path
    return tmp_path


def _simulated(var: Path, **facts: int) -> None:
    Order.objects.create(number="FK1")
    (var / "simulator").mkdir()
    (var / "simulator" / FACTS).write_text(json.dumps({"customers": 2000, "seed": 7, **facts}))


def test_a_taken_port_is_said_before_anything_is_built(called: list[str]) -> None:
    with socket.socket() as other:
        other.bind((demo.HOST, 0))
        other.listen()
        with pytest.raises(CommandError, match=r"cannot be used .* --port"):
            call_command("demo", port=other.getsockname()[1])
    assert called == []


@pytest.mark.django_db
def test_the_first_run_builds_and_tells_where_to_go(called: list[str], var: Path) -> None:
    out = StringIO()
    call_command("demo", "--no-serve", "--port", "8123", stdout=out)
    assert called == [
        "migrate",
        "shop_simulate",
        "insights_sync",
        "insights_import",
        "insights_duplicates",
        "insights_train",
    ]
    said = out.getvalue()
    for words in (
        "http://localhost:8123/admin/insights/",
        "admin / fern-and-kettle",
        "maya@example.com",
        "Ready after",
    ):
        assert words in said
    assert [said.index(step) for step in ("Database", "Simulated shop", "Sync", "Training")] == sorted(
        said.index(step) for step in ("Database", "Simulated shop", "Sync", "Training")
    )


@pytest.mark.django_db
def test_a_second_run_keeps_the_shop_and_another_seed_does_not(called: list[str], var: Path) -> None:
    _simulated(var)
    call_command("demo", "--no-serve", stdout=StringIO())
    assert "shop_simulate" not in called
    assert Order.objects.exists()
    call_command("demo", "--no-serve", "--seed", "8", stdout=StringIO())
    assert "shop_simulate" in called
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_a_shop_with_other_data_is_not_thrown_away(called: list[str], var: Path) -> None:
    Order.objects.create(number="536365")
    with pytest.raises(CommandError, match="--replace"):
        call_command("demo", "--no-serve", stdout=StringIO())
    assert Order.objects.exists()
