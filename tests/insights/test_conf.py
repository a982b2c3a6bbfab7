from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from insights.conf import load
from insights.conf import settings as insights_settings


def test_load__defaults_are_complete() -> None:
    tree = load({})
    assert tree.BASE_CURRENCY == "EUR"
    assert tree.TRAINING.PURCHASE_DAYS == 30


def test_load__converts_and_nests() -> None:
    tree = load(
        {"RATES": {"USD": 0.92}, "DATA_DIR": "/somewhere", "TRAINING": {"SEED": 1}, "ASSISTANT": {"MODEL": None}}
    )
    assert tree.RATES == {"USD": Decimal("0.92")}
    assert tree.DATA_DIR == Path("/somewhere")
    assert tree.TRAINING.SEED == 1


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"ADAPTOR": []}, "Did you mean 'ADAPTERS'"),
        (
            {"TRAINING": {"MIN_CUSTOMER": 1}},
            "INSIGHTS['TRAINING'] has no key 'MIN_CUSTOMER'. Did you mean 'MIN_CUSTOMERS'",
        ),
        ({"zzz": 1}, "Known keys: ADAPTERS"),
        ({"WEEK_START": "tuesday"}, "choose one of 'monday', 'sunday'"),
        ({"ADAPTERS": "shop.Adapter"}, "must be a list"),
        ({"TRAINING": {"SEED": True}}, "must be int"),
        ({"RATES": {"USD": "much"}}, "give a number as text"),
        ({"BASE_CURRENCY": "euro"}, "ISO code"),
        ({"ASSISTANT": []}, "must be a dictionary"),
        ({"TRAINING": {"PURCHASE_DAYS": 0}}, "INSIGHTS['TRAINING']['PURCHASE_DAYS'] is 0; give 1 or more."),
        ({"TRAINING": {"THREADS": -1}}, "give 1 or more"),
        ({"TRAINING": {"MEMORY": "much"}}, "such as '1GB'"),
        ({"EVENT_WEIGHTS": {"purchase": -1}}, "give 0 or more"),
        ({"EVENT_WEIGHTS": {"purchase": float("nan")}}, "give 0 or more"),
        ({"COUNTRY": "France"}, "ISO code of two capitals"),
        ({"BASE_CURRENCY": "ÄÖÜ"}, "ISO code"),
        ({"STORAGE": 5}, "must be str"),
        ({"DATA_DIR": 5}, "must be Path"),
    ],
)
def test_load__says_what_is_wrong(raw: dict[str, object], said: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        load(raw)
    assert said in str(error.value)


def test_data_dir__lies_in_the_project(settings: object) -> None:
    """A command that cron starts elsewhere writes into the same folder."""
    settings.BASE_DIR = Path("/srv/shop")  # type: ignore[attr-defined]
    assert load({}).DATA_DIR == Path("/srv/shop/var/insights")
    assert load({"DATA_DIR": "/data"}).DATA_DIR == Path("/data")
    del settings.BASE_DIR  # type: ignore[attr-defined]
    assert load({}).DATA_DIR == Path("var/insights")


def test_settings__follow_an_override(settings: object) -> None:
    settings.INSIGHTS = {"BASE_CURRENCY": "CNY"}  # type: ignore[attr-defined]
    assert insights_settings.BASE_CURRENCY == "CNY"
    settings.INSIGHTS = {"BASE_CURRENCY": "USD"}  # type: ignore[attr-defined]
    assert insights_settings.BASE_CURRENCY == "USD"
