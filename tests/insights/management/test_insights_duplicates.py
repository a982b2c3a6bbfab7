from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from insights.models import Customer, DuplicatePair

pytestmark = pytest.mark.django_db


def test_it_fills_the_queue_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    for key in ("1", "2", "3"):
        Customer.objects.create(external_id=key, email="ada@example.com", name="Ada Lovelace")
    call_command("insights_duplicates")
    told = capsys.readouterr().out
    assert "3 customers, 3 pairs compared" in told
    assert "3 pairs wait for a decision: 3 new; 0 are none any more." in told
    assert "too many people" not in told
    call_command("insights_duplicates", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["open"], told["new"], told["too_common"]) == (3, 0, 0)
    assert DuplicatePair.objects.count() == 3


def test_what_is_too_common_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Customer.objects.bulk_create(Customer(external_id=str(number), name="王伟") for number in range(30))
    call_command("insights_duplicates")
    assert "1 traits of too many people" in capsys.readouterr().out
