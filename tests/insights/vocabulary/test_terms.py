from __future__ import annotations

import pytest

from insights.vocabulary import KINDS, RFM_SEGMENTS, churn_band, label


def test_terms__are_named_in_both_languages() -> None:
    for terms in KINDS.values():
        for term in terms.values():
            assert term.en
            assert term.zh
            assert term.meaning("en")
            assert term.meaning("zh-hans")


def test_label__falls_back_to_the_key() -> None:
    assert label("segment", "champions", "zh-hans") == "核心客户"
    assert label("segment", "", "en") == ""
    assert len(RFM_SEGMENTS) == 11


@pytest.mark.parametrize(("probability", "band"), [(0.0, "low"), (0.3, "medium"), (0.6, "high"), (1.0, "high")])
def test_churn_band__edges(probability: float, band: str) -> None:
    assert churn_band(probability) == band
