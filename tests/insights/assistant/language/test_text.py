from __future__ import annotations

import pytest

from insights.assistant.language.text import detect, normalise


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How many orders did we have?", "en"),
        ("上个月的销售额？", "zh"),
        ("orders 上个月", "zh"),
        ("Orders in Die Hard", "en"),
        ("Wie viele Kunden haben wir?", None),
        ("Combien de clients avons-nous ?", None),
        ("¿Cuántos clientes tenemos en el mes pasado?", None),
        ("売上はいくらですか", None),
        ("сколько заказов", None),
        ("", "en"),
        ("Umsatz?", None),
        ("Bestellungen letzte Woche", None),
        ("mejores clientes", None),
        ("how many clients do we have", "en"),
        ("Clients", "en"),
        ("sales of Chiffre candle last month", "en"),
        ("orders in La Rochelle per week", "en"),
    ],
)
def test_detect__language(text: str, language: str | None) -> None:
    assert detect(text) == language


def test_normalise__folds_width_script_and_case() -> None:
    assert normalise("  上個月　ＡＢＣ 復購率？ ") == "上个月 abc 复购率?"
