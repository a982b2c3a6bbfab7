"""The kinds of column that several tables share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language


class Amount(models.DecimalField):
    """An amount of money with four places, since some price lists have fractions of a penny."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class StockCode(models.CharField):
    """A stock code, compared byte for byte: two may differ by case alone, which MySQL's collations would merge."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters


def in_language(english: str, chinese: str) -> str:
    """The text in the language of the page; English where there is no Chinese one."""
    return chinese if chinese and (get_language() or "").startswith("zh") else english
