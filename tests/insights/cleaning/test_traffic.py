from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning.traffic import Origin, campaign_of, kind_of_site, origin_of, site_name
from insights.vocabulary import TRAFFIC


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "referrer", "traffic"),
    [
        ("", "", "", "", "direct"),
        ("(direct)", "(none)", "(not set)", "", "direct"),
        ("google", "cpc", "brand", "", "paid_search"),
        ("baidu", "cpc", "品牌词", "", "paid_search"),
        ("google", "cpc", "google-shopping", "", "paid_shopping"),
        ("google", "cpc", "pmax cross-network", "", "cross_network"),
        ("facebook", "paid_social", "", "", "paid_social"),
        ("weibo", "cpm", "", "", "paid_social"),
        ("douyin", "信息流", "", "", "paid_social"),
        ("youtube", "cpv", "", "", "paid_video"),
        ("doubleclick", "cpm", "", "", "display"),
        ("criteo", "retargeting", "", "", "paid_other"),
        ("taobao", "cps", "", "", "affiliates"),
        ("awin", "affiliate", "", "", "affiliates"),
        ("newsletter", "email", "spring", "", "email"),
        ("newsletter", "", "spring", "", "email"),
        ("instagram", "social", "", "", "organic_social"),
        ("Instagram", "", "", "", "organic_social"),
        ("google", "organic", "", "", "organic_search"),
        ("bilibili", "post", "", "", "organic_video"),
        ("x", "sms", "", "", "sms"),
        ("firebase", "", "", "", "push"),
        ("chatgpt.com", "", "", "", "ai_assistant"),
        ("partner", "link", "", "", "referral"),
        ("partner", "", "", "", "other"),
        ("", "", "", "https://www.google.co.uk/", "organic_search"),
        ("", "", "", "https://www.baidu.com/link", "organic_search"),
        ("", "", "", "https://www.sogou.com/", "organic_search"),
        ("", "", "", "https://www.so.com/s", "organic_search"),
        ("", "", "", "https://m.weibo.cn/detail/1", "organic_social"),
        ("", "", "", "https://mp.weixin.qq.com/s/x", "organic_social"),
        ("", "", "", "https://www.xiaohongshu.com/explore", "organic_social"),
        ("", "", "", "https://www.douyin.com/", "organic_social"),
        ("", "", "", "https://tieba.baidu.com/p/1", "organic_social"),
        ("", "", "", "https://t.co/abc", "organic_social"),
        ("", "", "", "https://mail.google.com/", "email"),
        ("", "", "", "https://kimi.moonshot.cn/", "ai_assistant"),
        ("", "", "", "https://www.paypal.com/checkout", "direct"),
        ("", "", "", "https://blog.example.org/tea", "referral"),
        ("", "cpc", "", "https://www.bing.com/", "paid_search"),
    ],
)
def test_origin__is_one_of_the_channel_groups(
    source: str, medium: str, campaign: str, referrer: str, traffic: str
) -> None:
    assert origin_of(source, medium, campaign, referrer).traffic == traffic


def test_origin__names_the_site_of_a_referrer() -> None:
    assert origin_of("", "", "", "https://www.google.de/") == Origin("organic_search", "google", "organic")
    assert origin_of("", "", "", "https://www.shop-friends.example/a") == Origin(
        "referral", "shop-friends.example", "referral"
    )


def test_origin__does_not_care_for_case_and_spaces_but_keeps_the_campaign() -> None:
    assert origin_of(" Google ", "CPC", " Spring ") == Origin("paid_search", "google", "cpc", "Spring")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("utm_source=x&utm_medium=y&utm_campaign=z&gclid=1", ("x", "y", "z")),
        ("gclid=abc", ("google", "cpc", "")),
        ("msclkid=abc&utm_campaign=tea", ("bing", "cpc", "tea")),
        ("fbclid=abc", ("facebook", "social", "")),
        ("bd_vid=1&utm_medium=display", ("baidu", "display", "")),
        ("gclid=", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_campaign__reads_click_ids_where_utm_is_absent(query: str, said: tuple[str, str, str]) -> None:
    assert campaign_of(parse_qs(query)) == said


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=80))
def test_origin__of_anything_is_a_known_kind_that_fits_its_column(
    source: str, medium: str, campaign: str, referrer: str
) -> None:
    found = origin_of(source, medium, campaign, referrer)
    assert found.traffic in TRAFFIC
    assert len(found.source) <= 100
    assert len(found.medium) <= 100
    assert origin_of(found.source, found.medium, found.campaign) == found


@given(st.sampled_from(["google", "baidu", "weibo", "bing"]), st.sampled_from(["com", "de", "co.uk", "com.cn", "cn"]))
def test_site__is_known_in_every_country(name: str, ending: str) -> None:
    assert site_name(f"www.{name}.{ending}") == name
    assert kind_of_site(f"www.{name}.{ending}") == kind_of_site(name) != ""


def test_site__is_not_known_by_an_ending_or_a_part_of_its_name() -> None:
    assert kind_of_site("notgoogle.com") == ""
    assert kind_of_site("google.example.com") == ""
    assert kind_of_site("") == ""
