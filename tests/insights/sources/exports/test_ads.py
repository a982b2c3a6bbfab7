from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from insights.exceptions import ImportFileError
from insights.models import AdSpend
from insights.sources import import_export

pytestmark = pytest.mark.django_db

GOOGLE = """Day,Campaign,Currency code,Cost,Impr.,Clicks
2026-03-01,Teaware,GBP,"1,200.50","12,000",310
2026-03-02,Teaware,GBP,11.20,900,20
 --,Total: Campaigns,GBP,"1,211.70","12,900",330
"""
META = """Campaign name,Reporting starts,Reporting ends,Amount spent (EUR),Impressions,Link clicks
Gifts,2026-03-01,2026-03-01,31.25,4000,55
Gifts,2026-03-02,2026-03-02,,0,
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_google__days_of_campaigns_without_the_totals(tmp_path: Path) -> None:
    report = import_export("google_ads", written(tmp_path / "google.csv", GOOGLE))
    assert report.kinds["ad_spend"].created == 2
    row = AdSpend.objects.get(day="2026-03-01")
    assert (row.channel, row.source, row.medium, row.campaign, row.traffic) == (
        "ads", "google", "cpc", "Teaware", "paid_search",
    )  # fmt: skip
    assert (row.currency, row.cost, row.impressions, row.clicks) == ("GBP", Decimal("1200.5"), 12000, 310)
    again = import_export("google_ads", tmp_path / "google.csv").kinds["ad_spend"]
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_meta__knows_the_currency_by_the_name_of_the_column(tmp_path: Path) -> None:
    report = import_export("meta_ads", written(tmp_path / "meta.csv", META))
    assert report.kinds["ad_spend"].created == 2
    row = AdSpend.objects.get(day="2026-03-01")
    assert (row.source, row.traffic, row.currency, row.cost, row.clicks) == (
        "facebook", "paid_social", "EUR", Decimal("31.25"), 55,
    )  # fmt: skip
    assert AdSpend.objects.get(day="2026-03-02").cost == 0


def test_google__says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="google_ads"):
        import_export("google_ads", written(tmp_path / "x.csv", "a,b\n1,2\n"))
