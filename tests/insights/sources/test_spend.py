from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.analytics import Query, run
from insights.models import AdSpend, QuarantinedRow
from insights.sources import import_file

pytestmark = pytest.mark.django_db

HEAD = "day,source,medium,campaign,currency,cost,impressions,clicks\n"
File = Callable[[str], Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    def made(text: str) -> Path:
        path = tmp_path / "spend.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return made


def test_import__takes_over_what_was_spent_by_the_same_rates(file: File, settings: Any) -> None:
    settings.INSIGHTS = {**django_settings.INSIGHTS, "BASE_CURRENCY": "GBP", "RATES": {"EUR": "0.86"}}
    report = import_file(
        "ad_spend",
        file(
            HEAD
            + '2026-03-01,Google,CPC,Teaware,GBP,"1,012.50","12,000",310\n'
            + "2026-03-01,facebook,paid_social,gifts,EUR,10,,\n"
            + "2026-03-01,baidu,cpc,longjing,JPY,10,5,1\n"
        ),
    )
    assert (report.rows.created, report.rows.quarantined) == (3, 0)
    rows = {row.source: row for row in AdSpend.objects.all()}
    google = rows["google"]
    assert (google.day, google.medium, google.campaign, google.traffic) == (
        date(2026, 3, 1),
        "cpc",
        "Teaware",
        "paid_search",
    )
    assert (google.cost, google.base_cost, google.impressions, google.clicks) == (
        Decimal("1012.5"),
        Decimal("1012.5"),
        12000,
        310,
    )
    assert (rows["facebook"].base_cost, rows["facebook"].clicks) == (Decimal("8.6"), None)
    assert (rows["baidu"].base_cost, rows["baidu"].rate) == (None, None)
    assert run(Query(metrics=["ad_spend"])).totals["ad_spend"] == Decimal("1021.1")


def test_import__again_changes_nothing_and_a_later_file_what_it_says(file: File) -> None:
    first = HEAD + "2026-03-01,google,cpc,teaware,GBP,10,,\n2026-03-02,google,cpc,teaware,GBP,11,,\n"
    import_file("ad_spend", file(first))
    again = import_file("ad_spend", file(first))
    assert (again.rows.created, again.rows.updated, again.rows.unchanged) == (0, 0, 2)
    later = import_file("ad_spend", file(HEAD + "2026/3/1,GOOGLE,cpc,teaware,GBP,12.5,100,3\n"))
    assert (later.rows.created, later.rows.updated) == (0, 1)
    assert sorted(AdSpend.objects.values_list("cost", flat=True)) == [Decimal(11), Decimal("12.5")]


def test_import__values_anew_when_a_rate_comes(file: File, settings: Any) -> None:
    path = file(HEAD + "2026-03-01,google,cpc,teaware,SEK,100,,\n")
    import_file("ad_spend", path)
    assert AdSpend.objects.get().base_cost is None
    settings.INSIGHTS = {**django_settings.INSIGHTS, "RATES": {"SEK": "0.08"}}
    import_file("ad_spend", path)
    assert AdSpend.objects.get().base_cost == Decimal(8)


def test_import__keeps_aside_what_cannot_be_read(file: File) -> None:
    report = import_file(
        "ad_spend",
        file(
            HEAD
            + "soon,google,cpc,a,GBP,1,,\n"
            + "2026-03-01,google,cpc,a,GBP,much,,\n"
            + "2026-03-01,(not set),cpc,a,GBP,1,,\n"
            + "2026-03-01,google,cpc,b,GBP,1,-5,x\n"
        ),
    )
    assert (report.rows.created, report.rows.quarantined) == (1, 3)
    row = AdSpend.objects.get()
    assert (row.impressions, row.clicks) == (None, None)
    rules = Counter(QuarantinedRow.objects.values_list("rule", flat=True))
    assert rules == {"unreadable_date": 1, "unreadable_number": 1, "missing_value": 1}


def test_import__understands_usual_names_of_columns(file: File) -> None:
    report = import_file(
        "ad_spend", file("日期,来源,媒介,广告系列,花费,展示次数,点击次数\n2026-03-01,baidu,cpc,龙井,12.5,100,3\n")
    )
    assert report.rows.created == 1
    row = AdSpend.objects.get()
    assert (row.source, row.campaign, row.cost, row.clicks) == ("baidu", "龙井", Decimal("12.5"), 3)


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.dates(date(2025, 1, 1), date(2025, 1, 4)),
            st.sampled_from(["google", "Google ", "weibo"]),
            st.sampled_from(["cpc", "CPC", ""]),
            st.sampled_from(["a", "b"]),
            st.decimals(0, 10_000, places=2),
        ),
        max_size=12,
    )
)
def test_import__the_last_word_on_a_day_of_a_campaign_stands(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    AdSpend.objects.all().delete()
    path = tmp_path / "spend.csv"
    with path.open("w", encoding="utf-8", newline="") as sheet:
        writer = csv.writer(sheet)
        writer.writerow(["day", "source", "medium", "campaign", "cost"])
        writer.writerows(rows)
    wanted = {
        (day, source.strip().lower(), medium.lower(), campaign): cost for day, source, medium, campaign, cost in rows
    }
    import_file("ad_spend", path)
    found = AdSpend.objects.values_list("day", "source", "medium", "campaign", "cost")
    assert {row[:4]: row[4] for row in found} == wanted
