from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from insights.models import Run, RunState
from tests.insights.features.shop import build_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path / "data"}


@pytest.fixture
def broker(settings: Any) -> Iterator[Any]:
    """Puts another broker in the place of the folder."""

    def choose(url: str) -> None:
        settings.CELERY_BROKER_URL = url
        settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
        _forget_connections()

    yield choose
    _forget_connections()


def _forget_connections() -> None:
    current_app.amqp._producer_pool = None
    current_app._pool = None


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The one object on standard output, and nothing else there."""
    call_command("insights_train", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_json__one_entry_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    build_shop(n_customers=30, n_products=12, n_days=90)
    told = said(capsys, "segmentation")
    assert set(told) == {"runs"}
    (run,) = told["runs"]
    assert set(run) == {"family", "model", "metrics", "baseline", "published", "seconds", "rows"}
    assert (run["family"], run["model"], run["published"], run["rows"]) == ("segmentation", "segmentation", True, 30)
    assert isinstance(run["seconds"], float)
    assert isinstance(run["metrics"], dict)
    assert isinstance(run["baseline"], dict)


def test_json__too_little_data_is_one_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys)
    assert [run["model"] for run in told["runs"]] == [
        "segmentation", "churn", "purchase", "lifetime", "implicit", "together", "ratings",
    ]  # fmt: skip
    assert not any(run["published"] for run in told["runs"])
    call_command("insights_train", "segmentation")
    out = capsys.readouterr().out
    assert "not enough data yet" in out
    assert "Customers with an order: 0 of 20" in out


def test_text__says_what_was_published(capsys: pytest.CaptureFixture[str]) -> None:
    build_shop(n_customers=30, n_products=12, n_days=90)
    call_command("insights_train", "segmentation", "--as-of", "2023-03-31")
    out = capsys.readouterr().out
    assert "segmentation / segmentation: rfm from" in out
    assert "Published" in out
    as_of = Run.objects.get().as_of
    assert as_of is not None
    assert as_of.isoformat() == "2023-03-31T23:00:00+00:00", "the end of the day in London's summer"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["segmentatoin"], "Did you mean “segmentation”"),
        (["segmentation", "--as-of", "31.3.2023"], "is no day; write YYYY-MM-DD"),
        (["segmentation", "--as-of", "9999-12-31"], "is no day"),
        (["segmentation", "--as-of", "2199-01-01"], "has not begun"),
    ],
)
@pytest.mark.parametrize("queue", [[], ["--queue"]])
def test_errors__say_what_is_wrong_and_write_nothing(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str, queue: list[str]
) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("insights_train", *arguments, *queue, "--json")
    assert capsys.readouterr().out == ""
    assert not Run.objects.exists()


def test_queue__writes_the_run_and_wakes_a_worker(capsys: pytest.CaptureFixture[str], broker: Any) -> None:
    broker("memory://")
    told = said(capsys, "prediction", "--queue")
    run = Run.objects.get()
    assert told == {"run": str(run.uid), "woken": True}
    assert (run.state, run.families, run.requested_by) == (RunState.QUEUED, ["prediction"], "command line")
    with current_app.connection_for_read() as found:
        message = found.SimpleQueue("training").get(timeout=1)
        assert message.headers["task"] == "insights.train"
        assert message.payload[0] == [run.pk]
        message.ack()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "amqp://guest:guest@127.0.0.1:1//", ""])
def test_queue__without_a_broker_says_so_and_how_to_go_on(
    capsys: pytest.CaptureFixture[str], broker: Any, url: str
) -> None:
    broker(url)
    call_command("insights_train", "--queue", "--json")
    out, err = capsys.readouterr()
    assert json.loads(out) == {"run": str(Run.objects.get().uid), "woken": False}
    assert "No broker could be reached" in err
    assert "celery -A tasks worker" in err
    assert "manage.py insights_train" in err


def test_tables_of_another_version__are_left_alone() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("insights", "9999_from_the_future")
    with pytest.raises(CommandError, match="newer than the code: 9999_from_the_future"):
        call_command("insights_train")
    recorder.record_unapplied("insights", "9999_from_the_future")
    for app, name in recorder.applied_migrations():
        if app == "insights":
            recorder.record_unapplied(app, name)
    with pytest.raises(CommandError, match=r"not up to date\. Run manage.py migrate"):
        call_command("insights_train")
