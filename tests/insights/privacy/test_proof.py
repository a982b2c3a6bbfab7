"""That nothing is left of somebody who was forgotten: not in a table, a file, a cache or the log, and none of it returns."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from insights.models import Customer, Event, Order, Rating
from insights.privacy import export_person, find_subject, forget
from insights.serving import index
from insights.sources import get_adapters, reconcile
from tests.insights.privacy.everywhere import PK, gather, live, search, totals, traces

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> Path:
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path / "data", "LIVE": False}
    cache.clear()
    index.forget()
    return tmp_path / "data"


def test_forget__a_search_finds_nothing_and_nothing_returns(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    live()
    gather()
    wanted, books = traces(), totals()
    before = search(wanted)
    assert len(before) > 35, before

    archive = export_person(find_subject(str(PK)))
    receipt = forget(find_subject(str(PK)))

    assert search(wanted, caplog.records) == []
    assert totals() == books
    assert receipt.finished_at is not None
    exported = {*archive["tables"], *(mention["table"] for mention in archive["mentions"])}
    # Who of the staff looked is emptied, and no data of the person's.
    assert {*receipt.deleted, *receipt.anonymised, *receipt.redacted} <= exported | {"accessrecord"}
    assert receipt.elsewhere["model_rows"] >= 1
    assert receipt.elsewhere["files"] >= 2
    assert receipt.elsewhere["run_folders"] == 1
    (adapter,) = get_adapters()
    spans = list(reconcile(adapter))
    assert not any(day.unexplained for span in spans for day in span.days)
    assert "forgotten" in {row.reason for span in spans for row in span.rows}

    live()

    # How far a table has been read is the key of its last row, whosever that is.
    assert set(search(wanted, caplog.records)) <= {"the key in SyncCursor.watermark"}
    assert set(Customer.objects.values_list("channel", "external_id")) == {("shop", "4711"), ("files", "F-bob")}
    assert {key: total for _, key, total, *_ in totals()["orders"]}.items() >= {
        key: total for _, key, total, *_ in books["orders"]
    }.items()
    assert Order.objects.filter(channel="shop", external_id="A-1", customer=None, city="").exists()
    assert Rating.objects.filter(channel="shop").count() == 2
    assert not Event.objects.filter(channel="shop", session_key="sitting-of-ada", customer__isnull=False).exists()
