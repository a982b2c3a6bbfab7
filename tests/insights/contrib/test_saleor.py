"""The page about Saleor: its models can be made, and its adapter leads everywhere in them."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Model
from django.test.utils import isolate_apps

from insights.sources import Adapter, mapped, problems, resolve

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "saleor.md").read_text(encoding="utf-8")


def block(start: str) -> str:
    """The indented block of the page that begins with a line."""
    found = re.search(rf"(?m)^    {re.escape(start)}\n(?:(?:    .*)?\n)+", PAGE)
    assert found is not None, start
    return textwrap.dedent(found[0])


def test_page__the_adapter_fits_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    place: dict[str, Any] = {"__name__": "office.models"}
    with isolate_apps("tests.insights.sources.host"):
        exec(block("from django.db import models"), place)
        models = [item for item in place.values() if isinstance(item, type) and issubclass(item, Model)]
        assert len(models) == 6
        assert not any(model._meta.managed for model in models)
        labels = {model._meta.label: model for model in models}
        office = SimpleNamespace(get_model=labels.__getitem__, get_models=lambda: models)
        monkeypatch.setattr(resolve, "apps", office)
        exec(block("import insights"), place)
        place["SaleorAdapter"].database = None  # there is no such database here
        adapter: Adapter = place["SaleorAdapter"]()
        assert [problem.message for problem in problems(adapter)] == []
        lines = mapped(adapter, "order_lines")
        assert lines is not None
        assert lines.model is place["Line"]
