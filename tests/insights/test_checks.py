from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.core.management import call_command

import insights
from insights.checks import check_adapters, check_settings

HERE = __name__


class Wrong(insights.Adapter):
    name = "wrong"

    class Orders:
        model = "shop.Order"
        id = "country"
        placed_at = "placed"


class Fine(insights.Adapter):
    name = "fine"

    class Products:
        model = "shop.Product"
        id = "sku"


class AlsoFine(Fine):
    pass


class Doubtful(Fine):
    class Products:
        model = "shop.Product"
        id = "name"


NOT_CALLABLE = 3


def ids(messages: list[checks.CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def test_checks__the_demo_shop_has_no_problems() -> None:
    call_command("check", tags=["insights"], fail_level="WARNING")


def test_checks__run_with_manage_check(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTER": []}
    found = checks.run_checks(tags=["insights"])
    assert ids(found) == ["insights.E001"]
    assert "'ADAPTERS'" in found[0].msg


@pytest.mark.parametrize(
    ("raw", "code", "said"),
    [
        ({"TRAINING": {"SEEDS": 1}}, "insights.E001", "SEED"),
        ({"TRAINING": {"SEED": "x"}}, "insights.E001", "must be int"),
        ({"BASE_CURRENCY": "EUX"}, "insights.E008", "'EUX'"),
        ({"RATES": {"USX": "0.9"}}, "insights.E008", "'USX'"),
        ({"RATES": {"USD": "0"}}, "insights.E008", "['USD'] is 0"),
        ({"RATES": {"USD": "NaN"}}, "insights.E008", "['USD'] is NaN"),
        ({"CONSENT": "shop_demo.consent.chioce"}, "insights.E009", "shop_demo.consent.chioce"),
        ({"CONSENT": f"{HERE}.NOT_CALLABLE"}, "insights.E009", "cannot be called"),
        ({"ASSISTANT": {"NAMES": "shop_demo.names.nmes"}}, "insights.E009", "['ASSISTANT']['NAMES']"),
        ({"STORAGE": "models"}, "insights.E010", "'models'"),
        ({"COLLECT": {"DATA_CENTRES": ["/nowhere/clouds.txt"]}}, "insights.E023", "/nowhere/clouds.txt"),
    ],
)
def test_check_settings__says_what_is_wrong(settings: Any, raw: dict[str, Any], code: str, said: str) -> None:
    settings.INSIGHTS = raw
    (message,) = check_settings()
    assert (message.id, message.level) == (code, checks.ERROR)
    assert said in message.msg
    assert message.hint


def test_check_settings__names_the_nearest_currency(settings: Any) -> None:
    settings.INSIGHTS = {"BASE_CURRENCY": "EUX"}
    (message,) = check_settings()
    assert message.hint is not None
    assert "Did you mean" in message.hint


def test_check_adapters__all_are_looked_at(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTERS": ["nowhere.ShopAdapter", f"{HERE}.Wrong"]}
    found = check_adapters()
    assert ids(found) == ["insights.E002", "insights.E014"]
    assert "nowhere.ShopAdapter" in found[0].msg
    assert found[1].obj is Wrong
    assert found[1].hint == "Did you mean “placed_at”?"


@pytest.mark.parametrize("path", ["insights.Adapter", "decimal.Decimal", f"{HERE}.NOT_CALLABLE"])
def test_check_adapters__what_is_no_adapter_is_said(settings: Any, path: str) -> None:
    settings.INSIGHTS = {"ADAPTERS": [path]}
    (message,) = check_adapters()
    assert message.id == "insights.E002"
    assert "no subclass of insights.Adapter" in message.msg


def test_check_adapters__a_module_that_fails_is_one_clear_error(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_adapter_module.py").write_text("import insights\nundefined_name\n")
    monkeypatch.syspath_prepend(tmp_path)
    settings.INSIGHTS = {"ADAPTERS": ["broken_adapter_module.ShopAdapter"]}
    (message,) = check_adapters()
    assert message.id == "insights.E002"
    assert "NameError" in message.msg
    assert "undefined_name" in message.msg


def test_check_adapters__two_of_one_name(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTERS": [f"{HERE}.Fine", f"{HERE}.AlsoFine"]}
    (message,) = check_adapters()
    assert message.id == "insights.E002"
    assert "both named “fine”" in message.msg


def test_check_adapters__doubts_are_warnings(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTERS": [f"{HERE}.Doubtful"]}
    (message,) = check_adapters()
    assert (message.id, message.level) == ("insights.W021", checks.WARNING)


def test_check_adapters__say_nothing_about_settings_that_cannot_be_read(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTERS": "one.two"}
    assert check_adapters() == []
    assert ids(check_settings()) == ["insights.E001"]


def test_checks__load_nothing_heavy() -> None:
    code = (
        "import django, sys; django.setup(); from django.core.checks import run_checks; run_checks(tags=['insights']);"
        "print([name for name in ('numpy', 'scipy', 'sklearn', 'duckdb', 'langchain') if name in sys.modules])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "[]", done.stderr
