from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from insights.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "goods.csv"
    path.write_text("Nr;Name;Price;Shelf\n1;Mug;4,50;A\n2;Teapot;?;B\n", encoding="utf-8")
    return path


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("insights_import", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_import__prints_one_object(file: Path) -> None:
    said = json.loads(run("products", file, "--map", "id=Nr", "--channel", "market", "--json"))
    assert said["columns"] == {"id": "Nr", "name": "Name", "price": "Price"}
    assert said["unused"] == ["Shelf"]
    assert (said["kind"], said["channel"], said["read"], said["created"]) == ("products", "market", 2, 2)
    assert said["cleaning"] == {"blanked_value": 1, "unreadable_number": 1}
    assert Product.objects.filter(channel="market").count() == 2


def test_import__says_what_became_of_columns_and_rows(file: Path) -> None:
    text = run("products", file, "--map", "id=Nr", "--map", "price=", "name=Shelf")
    assert "id               ← Nr" in text
    assert "not used: Name, Price" in text
    assert "products: 2 rows read, 2 created, 0 updated" in text


def test_import__hints_at_the_order_of_day_and_month(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order,date\n1,01/02/2026\n2,03/04/2026\n")
    assert "--date-format %d/%m/%Y" in run("orders", path)
    assert "2 created" in run("orders", path, "--date-format", "%d/%m/%Y")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["products"], "needs a column for “id”"),
        (["products", "--map", "id=Number"], "no column “Number”"),
        (["products", "--map", "id"], "FIELD=COLUMN"),
        (["goods"], "invalid choice"),
        (["products", "--map", "id=Nr", "--channel", "shop"], "maps products itself"),
    ],
)
def test_import__says_what_is_wrong(file: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(arguments[0], file, *arguments[1:])
