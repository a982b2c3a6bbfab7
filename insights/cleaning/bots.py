"""What a user agent gives away: a machine, or the kind of device."""

from __future__ import annotations

import re
from functools import lru_cache

# In this order: a crawler that drives a headless browser is still a crawler.
_REASONS = (
    ("ai_crawler", r"gptbot|chatgpt-user|oai-searchbot|claudebot|anthropic|perplexitybot|ccbot|bytespider|amazonbot"),
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
