from __future__ import annotations

import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from insights.collect import decide
from insights.models import BotRule, Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seen() -> None:
    at = timezone.now() - timedelta(days=1)
    for place, bot in enumerate(["crawler", "crawler", "", "script"]):
        Event.objects.create(
            event_id=uuid.uuid4(), name="page_view", occurred_at=at, local_date=timezone.localdate(at),
            session_key=f"s{place}", bot=bot, counts=not bot,
        )  # fmt: skip


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("insights_bots", *arguments, stdout=out)
    return out.getvalue()


def test_it_tells_how_many_and_why() -> None:
    text = said()
    assert "2  Crawler (crawler)" in text
    assert "3 of 4 page and product views in 30 days are by bots (75.0%)" in text
    found = json.loads(said("--json"))
    assert (found["people"], found["machines"], found["reasons"]) == (1, 3, {"crawler": 2, "script": 1})
    assert found["changed"] == 0


def test_it_counts_and_leaves_out_again() -> None:
    assert json.loads(said("--count", "crawler", "--json"))["counted"] == {"crawler": 2}
    assert BotRule.objects.get().applied_at is not None
    assert json.loads(said("--leave-out", "crawler", "--json"))["counted"] == {}
    assert not BotRule.objects.exists()


def test_it_applies_what_waits() -> None:
    decide("reason", "script", "people")
    assert json.loads(said("--json"))["changed"] == 1


def test_it_knows_its_reasons() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        said("--count", "weather")
