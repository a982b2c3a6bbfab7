from __future__ import annotations

import json
import re
import socket
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

import insights
from insights.management.doctor import examine
from insights.management.findings import Finding
from insights.models import Order, QuarantinedRow, Run, RunState
from insights.sources import sync
from shop_demo.adapter import ShopAdapter
from shop_demo.models import Refund
from tests.insights.sources import shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.management.doctor._REPLY", 0.05)


def findings() -> dict[str, Finding]:
    return {finding.key: finding for finding in examine()}


def doctor(*arguments: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("insights_doctor", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def test_doctor__a_fresh_installation_wants_a_sync() -> None:
    text, code = doctor()
    assert code == 1
    assert "There has been no sync yet." in text
    assert "Run manage.py insights_sync." in text
    assert "To be mended: 1." in text


def test_doctor__after_a_sync_nothing_is_to_be_mended() -> None:
    sync()
    text, code = doctor("--json")
    said = json.loads(text)
    assert (said["ok"], code) == (True, 0)
    states = {finding["key"]: finding["state"] for finding in said["findings"]}
    assert states["sync"] == states["migrations"] == states["database"] == states["translations"] == "ok"
    assert states["data.customers"] == "look"
    assert "Nothing to mend." in doctor()[0]


def test_doctor__with_wrong_settings_says_that_alone(settings: Any) -> None:
    settings.INSIGHTS = {"TRAINING": {"SEEDS": 1}}
    (finding,) = examine()
    assert (finding.key, finding.state) == ("settings", "mend")
    assert "SEED" in finding.message
    assert doctor("--json")[1] == 1


def test_doctor__adapters(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTERS": ["nowhere.Adapter"]}
    assert findings()["adapters"].state == "mend"
    settings.INSIGHTS = {}
    assert "insights_init" in findings()["adapters"].remedy
    assert "sync" not in findings()
    now = timezone.now()
    Order.objects.create(external_id="1", placed_at=now, local_date=now.date(), local_hour=1, total=5)
    assert findings()["adapters"].state == "ok"


@pytest.mark.parametrize(("zone", "state"), [("UTC", "look"), ("Asia/Shanghai", "ok")])
def test_doctor__time_zone(settings: Any, zone: str, state: str) -> None:
    settings.TIME_ZONE = zone
    assert findings()["time_zone"].state == state
    settings.USE_TZ = False
    assert findings()["time_zone"].state == "mend"


def test_doctor__database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.management.doctor._VENDORS", {"other": "Another"})
    assert (findings()["database"].state, "Another" in findings()["database"].message) == ("mend", True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's way of locking")
def test_doctor__sqlite_without_immediate_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    assert "immediate transactions" in findings()["database"].message


def test_doctor__migrations_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'insights'")
    found = findings()
    assert (found["migrations"].state, found["migrations"].remedy) == ("mend", "Run manage.py migrate.")
    assert "0001_initial" in found["migrations"].message
    assert "sync" not in found, "tables that may not be there are not read"


def test_doctor__sync_that_failed_or_is_old() -> None:
    now = timezone.now()
    run = Run.objects.create(kind="sync", state=RunState.DONE, finished_at=now - timedelta(hours=30))
    assert (findings()["sync"].state, findings()["sync"].message) == ("look", "The last sync ended 30 h ago.")
    Run.objects.filter(pk=run.pk).update(finished_at=now)
    assert findings()["sync"].state == "ok"
    Run.objects.create(kind="sync", state=RunState.FAILED, error="AdapterError: no such model.\nTraceback …")
    assert findings()["sync"].message == "The last sync failed: AdapterError: no such model."


def test_doctor__rows_in_quarantine() -> None:
    for number, rule in enumerate(["a_rule_of_before", "orphan", "orphan"]):
        QuarantinedRow.objects.create(channel="shop", kind="orders", external_id=str(number), rule=rule, row={})
    said = findings()["quarantine"].message
    assert said == "3 rows could not be taken over: Parent missing 2, a_rule_of_before 1."


def test_doctor__storage_and_folder_that_cannot_be_written(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "file" / "media"},
        }
    }
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path / "file" / "data", "STORAGE": "default"}
    found = findings()
    assert found["storage"].state == found["data_dir"].state == "mend"


def test_doctor__leaves_nothing_behind(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path / "data", "STORAGE": "default"}
    found = findings()
    assert found["storage"].state == found["data_dir"].state == "ok"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_doctor__without_a_broker_all_is_well(settings: Any) -> None:
    settings.CELERY_BROKER_URL = ""
    assert findings()["broker"].state == "ok"
    assert "cron" in findings()["broker"].remedy
    assert "worker" not in findings()


def test_doctor__a_broker_that_is_not_there_and_no_word_of_its_password(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.CELERY_BROKER_URL = f"redis://:hush@127.0.0.1:{port}/0"
    finding = findings()["broker"]
    assert finding.state == "mend"
    assert "hush" not in finding.message
    assert "without a broker" in finding.remedy


def test_doctor__a_broker_without_a_worker(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "memory://"
    found = findings()
    assert found["broker"].state == "ok"
    assert found["worker"].state == "look"


@pytest.mark.parametrize(
    ("model", "said"), [("nobody:model", "nobody"), ("groq:some-model", "langchain-groq"), ("nonsense", "nonsense")]
)
def test_doctor__a_language_model_that_is_not_installed(settings: Any, model: str, said: str) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ASSISTANT": {"MODEL": model}}
    finding = findings()["assistant"]
    assert finding.state == "mend"
    assert said in finding.message + finding.remedy


def test_doctor__translations_that_are_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda path: path.suffix != ".mo")
    assert "zh_Hans" in findings()["translations"].message


class Misspelt(ShopAdapter):
    class Orders(ShopAdapter.Orders):
        status = {"cancelled": ["canceled"], "refunded": [re.compile("refund.*")]}


class WithoutOrders(insights.Adapter):
    class OrderLines(ShopAdapter.OrderLines):
        pass


class Failing(ShopAdapter):
    class Products(ShopAdapter.Products):
        brand = lambda row: row.nothing  # noqa: E731


def test_doctor__an_adapter_without_orders(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.WithoutOrders"]}
    assert findings()["orders"].state == "mend"
    assert "insights_init" in findings()["orders"].remedy
    Order.objects.create(channel="files", external_id="1", placed_at=timezone.now(), currency="GBP", total=5)
    assert "orders" not in findings(), "lines may belong to orders from files"


def told(key: str) -> list[tuple[str, str, str]]:
    return [(found.state, found.message, found.remedy) for found in examine() if found.key == key]


def test_doctor__words_of_a_status_that_no_order_has(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.Misspelt"]}
    assert told("statuses") == [], "without orders nothing is said of their words"
    for status in ("cancelled", "paid", "refunded"):
        shop.order(None, status=status)
    (unseen, unsaid) = told("statuses")
    assert "no order has “canceled”" in unseen[1]
    assert unseen[2] == "Did you mean “cancelled”?"
    assert "orders of “cancelled” count as sales" in unsaid[1]
    assert unsaid[2] == "If it is, add it: status = {\"cancelled\": ['cancelled']}."


def test_doctor__a_table_that_is_not_there_and_a_function_that_fails(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.Failing"]}
    shop.product("tea")
    # The table itself stays: on MariaDB a renamed one would be gone for the tests that follow.
    monkeypatch.setattr(Refund._meta, "db_table", "shop_refund_away")
    products, refunds = told("tables")
    assert "“brand” fails: AttributeError" in products[1]
    assert "shop.Refund cannot be read" in refunds[1]
    assert "manage.py migrate" in refunds[2]


def test_doctor__currencies_without_a_rate() -> None:
    shop.order(None, (shop.product("tea"), 1, "5"), currency="JPY")
    sync()
    ((state, message, remedy),) = told("rates")
    assert (state, message[:15]) == ("mend", "1 orders in JPY")
    assert "INSIGHTS['RATES'] = {'JPY': '…'}" in remedy


def test_doctor__what_most_rows_lack_is_told_and_what_few_lack_is_not() -> None:
    shop.order()
    sync()
    ((state, message, remedy),) = told("data.no_lines")
    assert (state, message[:33]) == ("look", "Orders without lines: 1 of 1. Sal")
    assert "run manage.py insights_sync" in remedy
    for _ in range(5):
        shop.order(None, (shop.product(), 1, "5"))
    sync()
    assert told("data.no_lines") == []


def test_doctor__addresses_that_are_not_mounted(settings: Any) -> None:
    assert findings()["urls"].state == findings()["admin"].state == "ok"
    settings.ROOT_URLCONF = "insights.api.urls"
    found = findings()
    assert (found["urls"].state, found["admin"].state) == ("mend", "look")
    assert 'include("insights.urls")' in found["urls"].remedy
