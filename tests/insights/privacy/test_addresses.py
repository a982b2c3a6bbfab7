"""Neither a table nor a log holds the address or the user agent of anybody."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from insights.collect import work
from insights.collect.uuid7 import uuid7
from insights.models import Event, InboxBatch

pytestmark = pytest.mark.django_db
ADDRESS, OTHER = "203.0.113.77", "2001:db8:77:1234::9"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TRACES = (ADDRESS, "203.0.113", OTHER, "2001:db8:77:1234", AGENT, "Gecko", "Firefox")


def everything() -> dict[str, str]:
    """All that stands in our tables, as text, by table and column."""
    found = {}
    for model in apps.get_app_config("insights").get_models():
        for column in model._meta.concrete_fields:
            values = model._default_manager.values_list(column.attname, flat=True)
            found[f"{model.__name__}.{column.name}"] = " ".join(
                bytes(value).decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else str(value)
                for value in values
            )
    return found


@pytest.mark.parametrize("consent", ["all", "necessary", ""])
def test_beacon__what_a_browser_says_of_itself_is_stored_nowhere(
    consent: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache.clear()
    caplog.set_level(logging.DEBUG)
    for address in (ADDRESS, OTHER):
        client = Client(REMOTE_ADDR=address, headers={"User-Agent": AGENT, "X-Forwarded-For": address})
        if consent:
            client.cookies["shop_consent"] = consent
        client.get("/")
        event: dict[str, Any] = {"id": str(uuid7()), "name": "page_view", "at": time.time() * 1000, "params": {}}
        bad = {**event, "id": "7", "name": "no_such_event"}
        body = json.dumps({"sent_at": time.time() * 1000, "page": "http://testserver/", "events": [event, bad]})
        client.post("/insights/e/", data=body, content_type="text/plain")
    inbox = " ".join(everything().values())
    work()
    after = everything()
    assert InboxBatch.objects.exists() or consent == "necessary"
    for trace in TRACES:
        assert trace not in inbox
        assert [place for place, text in after.items() if trace in text] == [], trace
        assert [said for said in caplog.messages if trace in said] == [], trace


def test_access_log__the_address_is_cut_before_anything_is_made_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    log = tmp_path / "access.log"
    log.write_text(
        "".join(
            f'{address} - ann [02/Mar/2026:13:0{minute}:00 +0000] "GET /tea/ HTTP/1.1" 200 512 "-" "{AGENT}"\n'
            for minute, address in enumerate((ADDRESS, OTHER))
        )
        + f'{ADDRESS} - - [32/Mar/2026:25:00:00 +0000] "GET /tea/ HTTP/1.1" 200 512 "-" "{AGENT}"\n'
    )
    call_command("insights_access_log", str(log), "--json")
    assert Event.objects.count() == 2
    for trace in TRACES:
        assert [place for place, text in everything().items() if trace in text] == [], trace
        assert [said for said in caplog.messages if trace in said] == [], trace
