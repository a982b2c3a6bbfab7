"""What advertising cost, as Google Ads and Meta Ads export it: one row a day and campaign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from insights.sources.exports.mapping import Out, Platform, ReadyMapping, Said, of, text

ADS = Platform(
    channel="ads",
    fields={
        "ad_spend": ("id", "day", "source", "medium", "campaign", "currency", "cost", "impressions", "clicks"),
    },
)
_DAY = ("day", "date", "reporting_starts", "天", "日期", "报告开始日期")
_CAMPAIGN = ("campaign", "campaign_name", "广告系列", "广告系列名称")
_COST = ("cost", "spend", "amount_spent", "费用", "花费金额")
_SHOWN = ("impr", "impressions", "展示次数", "展示")
_CLICKED = ("link_clicks", "clicks", "clicks_all", "链接点击量", "点击次数", "点击量_全部")


def _google(rows: Sequence[Said]) -> Iterator[Out]:
    yield from _spent(rows, "google", "cpc")


def _meta(rows: Sequence[Said]) -> Iterator[Out]:
    yield from _spent(rows, "facebook", "paid_social")


def _spent(rows: Sequence[Said], source: str, medium: str) -> Iterator[Out]:
    for row in rows:
        day = text(row, *_DAY)
        # Totals stand below the rows, without a day.
        if not any(sign.isdigit() for sign in day):
            continue
        column = next((name for name in row if name.startswith(("amount_spent_", "花费金额_"))), "")
        yield (
            "ad_spend",
            {
                "id": "row:",
                "day": day,
                "source": source,
                "medium": medium,
                "campaign": text(row, *_CAMPAIGN),
                "currency": text(row, "currency_code", "currency", "货币代码") or column.rpartition("_")[2].upper(),
                "cost": of(row, *_COST, column) or "0",
                "impressions": of(row, *_SHOWN),
                "clicks": of(row, *_CLICKED),
            },
        )


MAPPINGS = (
    ReadyMapping("google_ads", ADS, (_DAY, _CAMPAIGN, ("cost", "费用")), (), _google),
    ReadyMapping("meta_ads", ADS, (_DAY, _CAMPAIGN), (), _meta),
)
