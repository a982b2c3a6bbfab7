from __future__ import annotations

import pytest

from insights.serving.reasons import REASONS, say


@pytest.mark.parametrize("reason", REASONS)
def test_say__every_reason_has_words_with_a_name_and_without(reason: str) -> None:
    assert "%(" not in say(reason, "Sencha")
    assert "%(" not in say(reason)
    assert not say(reason).endswith(" ")


def test_say__names_the_product() -> None:
    assert say("bought", "Sencha") == "Because you bought Sencha"
    assert say("together", "Sencha") == "Often bought with Sencha"
