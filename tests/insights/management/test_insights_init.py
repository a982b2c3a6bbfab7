from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from insights.sources.draft_words import NAMES
from shop_demo.models import Refund
from tests.insights.sources import shop

pytestmark = pytest.mark.django_db


def init(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("insights_init", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_init__prints_nothing_but_the_draft_on_standard_output() -> None:
    shop.product("tea", name="Green tea of a very long name indeed")
    text, said = init()
    compile(text, "adapter.py", "exec")
    assert "class ShopAdapter(insights.Adapter):" in text
    assert "Products, as shop.Product gives them:" in said
    assert "Green tea of a very lon…" in said
    assert "Orders, as shop.Order gives them: there are none yet." in said
    assert 'INSIGHTS = {"ADAPTERS": ["shop.adapter.ShopAdapter"]' in said


def test_init__previews_five_rows() -> None:
    for number in range(7):
        shop.product(f"sku-{number}")
    _, said = init()
    assert "sku-4" in said
    assert "sku-5" not in said


def test_init__says_what_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES["orders"], "placed_at", "")
    text, said = init()
    assert "# class Orders:" in text
    assert "Orders is not complete: shop.Order looks like it, but nothing in it looks like “placed_at”." in said
    assert "  placed_at         when it was placed: one of " in said
    assert "look at each comment in the draft, fill in what is not complete, name the class" in said


def test_init__writes_a_file_and_never_over_one(tmp_path: Path) -> None:
    file = tmp_path / "shop" / "adapter.py"
    said, _ = init("--output", str(file))
    assert f"Written to {file}." in said
    assert 'INSIGHTS = {"ADAPTERS": ["adapter.ShopAdapter"], "BASE_CURRENCY": "GBP"}' in said
    assert "class ShopAdapter" in file.read_text(encoding="utf-8")
    file.write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        init("--output", str(file))
    assert file.read_text() == "mine"
    init("--output", str(file), "--force")
    assert "class ShopAdapter" in file.read_text(encoding="utf-8")


def test_init__without_tables_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # The table itself stays: on MariaDB a renamed one would be gone for the tests that follow.
    monkeypatch.setattr(Refund._meta, "db_table", "shop_refund_away")
    _, said = init()
    assert "Refunds, as shop.Refund gives them: its table cannot be read" in said
    assert "manage.py migrate" in said


def test_init__without_a_shop_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.sources.draft.tables", lambda models: {"customers": User})
    with pytest.raises(CommandError, match="INSTALLED_APPS"):
        init()
