"""What a browser gives away of itself: a machine, or the kind of device; and the reasons why something is a machine's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from insights.cleaning.behaviour import PAGES_A_MINUTE, PAGES_AN_HOUR

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Reason:
    """Why something is taken for a machine's.

    Attributes:
        told_by: what gives it away: the browser itself, what it does, or somebody here.
    """

    key: str
    label: _StrPromise
    description: _StrPromise
    told_by: Literal["agent", "behaviour", "hand"] = "agent"


REASONS: dict[str, Reason] = {
    reason.key: reason
    for reason in (
        Reason("ai_crawler", _("AI crawler"), _("Gathers texts for a language model, or looks something up for one.")),
        Reason("crawler", _("Crawler"), _("A search engine, or another program that reads the whole shop.")),
        Reason("preview", _("Link preview"), _("A messenger or network that shows what a link leads to.")),
        Reason("monitor", _("Monitoring"), _("Looks whether the shop is up and fast.")),
        Reason("script", _("Script"), _("A program that calls itself one, such as curl or Python.")),
        Reason("headless", _("Headless browser"), _("A browser without a screen, by its name or its client hints.")),
        Reason("automated", _("Driven browser"), _("The browser says that a program drives it (navigator.webdriver).")),
        Reason(
            "data_centre",
            _("Data centre"),
            _("Comes, without being signed in, from a network of the lists in INSIGHTS['COLLECT']['DATA_CENTRES']."),
        ),
        Reason(
            "too_fast",
            _("Too fast"),
            format_lazy(
                _("More than {minute} page views within a minute, or {hour} within an hour."),
                minute=PAGES_A_MINUTE,
                hour=PAGES_AN_HOUR,
            ),
            "behaviour",
        ),
        Reason(
            "no_assets",
            _("Pages alone"),
            _("An access log has its pages, and none of the pictures, styles and scripts that belong to them."),
            "behaviour",
        ),
        Reason("marked", _("Marked by hand"), _("Somebody here said that it is a bot."), "hand"),
    )
}
"""All labels by key, in the order in which they are shown."""

# In this order: a crawler that drives a headless browser is still a crawler.
_REASONS = (
    (
        "ai_crawler",
        r"gptbot|chatgpt-user|oai-searchbot|claude-?(?:bot|user|searchbot|web)|anthropic|perplexity|ccbot|bytespider|"
        r"amazonbot|meta-external|facebookbot|google-extended|google-cloudvertexbot|applebot-extended|mistralai|cohere-|"
        r"duckassist|diffbot|youbot|ai2bot|timpibot|omgili|imagesift|deepseekbot|pangubot|kimibot|chatglm|iaskspider|"
        r"firecrawl|bedrockbot|novaact",
    ),
    ("preview", r"facebookexternalhit|whatsapp|telegrambot|slackbot|twitterbot|discordbot|linkedinbot|skypeuripreview"),
    ("monitor", r"uptimerobot|pingdom|statuscake|site24x7|newrelic|datadog|lighthouse|gtmetrix|google-inspectiontool"),
    # Cubot makes telephones.
    ("crawler", r"(?<!cu)bot\b|crawl|spider|slurp|baiduspider|yandex(?!search)|archiver|feedfetcher|mediapartners"),
    ("headless", r"headless|phantomjs|puppeteer|playwright|selenium|jsdom|cypress"),
    (
        "script",
        r"curl/|wget/|python|httpx|aiohttp|go-http-client|\bjava/|okhttp|libwww|\bperl|\bruby|\bphp/|axios|node-fetch",
    ),
)
_PATTERNS = tuple((reason, re.compile(pattern, re.IGNORECASE)) for reason, pattern in _REASONS)
_TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|android(?!.*mobi)", re.IGNORECASE)
_PHONE = re.compile(r"mobi|iphone|ipod|phone", re.IGNORECASE)


@lru_cache(maxsize=4096)
def bot_reason(user_agent: str) -> str:
    """Why a user agent is taken for a machine, as a key; empty for people and where nothing is known."""
    return next((reason for reason, pattern in _PATTERNS if pattern.search(user_agent)), "")


def hinted_reason(hints: str) -> str:
    """Why client hints (``Sec-CH-UA``) are a machine's; a headless Chrome that changed its name often forgets these."""
    return "headless" if "headless" in hints.lower() else ""


@lru_cache(maxsize=4096)
def device_of(user_agent: str) -> str:
    """``tablet``, ``mobile`` or ``desktop``; empty where there is no user agent."""
    if not user_agent:
        return ""
    if _TABLET.search(user_agent):
        return "tablet"
    return "mobile" if _PHONE.search(user_agent) else "desktop"


@lru_cache(maxsize=4096)
def essence(user_agent: str) -> str:
    """The words of a user agent by which it is judged, fit to be kept: they judge the same, and tell no browser."""
    machine = next((met[0] for _, pattern in _PATTERNS if (met := pattern.search(user_agent))), "")
    return f"{machine} {device_of(user_agent)}".strip()
