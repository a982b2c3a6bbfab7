"""Where a visit came from, as one of a few kinds: GA4's default channel group, and what its lists of sites lack.

The rules are those that Google documents for its default channel group, in its order, with Chinese sites beside the
others, visits sent by AI assistants as a kind of their own, and the words that ad platforms in China write.
https://support.google.com/analytics/answer/9756891
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import urlsplit

DIRECT = "direct"
# "cps" pays for sales: what partners are paid for.
_PAID = re.compile(r".*cp(?!s).*|ppc|sem|retargeting|paid.*|ads?|信息流|竞价")
_SHOP = re.compile(r"(?:.*[^a-df-z])?shop.*|.*shopping.*")
_SOCIAL = frozenset(
    {"social", "social-network", "social-media", "social network", "social media", "sm", "社交", "社媒"}
)
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm", "展示"})
_EMAIL = frozenset({"email", "e-mail", "e_mail", "e mail", "newsletter", "edm", "邮件"})
_AFFILIATE = frozenset({"affiliate", "affiliates", "partner", "cps", "淘客", "联盟"})
_MEDIA = {"search": "organic", "social": "social", "video": "video", "email": "email"}
"""The medium of a visit that only its referrer tells of, by the kind of site; ``referral`` for any other."""
_NOT_SAID = frozenset({"", "(none)", "(not set)", "(direct)", "none", "not set"})
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_SECOND = frozenset({"co", "com", "net", "org", "ac", "gov", "edu", "or", "ne"})
"""Labels below a country's ending that say no more than that it is one."""


class Origin(NamedTuple):
    """Where something came from.

    Attributes:
        traffic: the kind, a key of :data:`insights.vocabulary.TRAFFIC`.
        source: who sent it, in lower case; empty where nobody did.
        medium: by which means, in lower case.
        campaign: its name, as it was written.
    """

    traffic: str = DIRECT
    source: str = ""
    medium: str = ""
    campaign: str = ""


@lru_cache(maxsize=8192)
def origin_of(source: str, medium: str, campaign: str, referrer: str = "") -> Origin:
    """The origin of a visit, an order, or a row of ad spend.

    Args:
        source: ``utm_source``; without it the referrer says who it was.
        medium: ``utm_medium``.
        campaign: ``utm_campaign``.
        referrer: address of the page before, or its host; the shop's own is none.
    """
    source, medium, campaign = _said(source), _said(medium), " ".join(campaign.split())[:100].strip()
    campaign = "" if campaign.lower() in _NOT_SAID else campaign
    host = "" if source else _host(referrer)
    if host and kind_of_site(host) != "none":
        source, medium = _name_of(host), medium or _MEDIA.get(kind_of_site(host), "referral")
    if not (source or medium or campaign):
        return Origin()
    return Origin(_traffic(source, medium, campaign.lower()), source, medium, campaign)


def campaign_of(query: Mapping[str, Sequence[str]]) -> tuple[str, str, str]:
    """Source, medium and campaign of a landing address: as it says them, or as the click id of an ad network does.

    Args:
        query: values by parameter, as :func:`urllib.parse.parse_qs` gives them.
    """

    if not query:
        return "", "", ""

    def first(name: str) -> str:
        return next(iter(query.get(name, ())), "").strip()

    source, medium, campaign = first("utm_source"), first("utm_medium"), first("utm_campaign")
    if not source and not _clicks().keys().isdisjoint(query):
        clicked = next((said for name, said in _clicks().items() if first(name)), None)
        if clicked is not None:
            return clicked[0], medium or clicked[1], campaign
    return source, medium, campaign


@lru_cache(maxsize=8192)
def kind_of_site(name: str) -> str:
    """What kind of site a host or a ``utm_source`` is: ``search``, ``social`` …; empty for any other.

    A host is looked up with its parents, the longest first, and then by its name without country and subdomain.
    """
    sites = _sites()
    labels = name.lower().removeprefix("www.").split(".")
    for start in range(len(labels)):
        found = sites.get(".".join(labels[start:]))
        # A bare ending is no name: "example.line" is not the site called line.
        if found and (start < len(labels) - 1 or len(labels) == 1):
            return found
    return sites.get(site_name(name), "") if len(labels) > 1 else ""


def site_name(host: str) -> str:
    """The name of a site without subdomain and country: ``google`` for ``www.google.co.uk``."""
    labels = [label for label in host.lower().split(".") if label]
    while len(labels) > 2 and labels[-2] in _SECOND and len(labels[-1]) == 2:
        labels = [*labels[:-2], labels[-1]]
    return labels[-2] if len(labels) > 1 else "".join(labels)


def _name_of(host: str) -> str:
    """What a site is called as a source: ``google`` for one that is known by that name, the host for any other."""
    name = site_name(host)
    known = kind_of_site(host)
    return (name if known and kind_of_site(name) == known else host.removeprefix("www."))[:100]


def _traffic(source: str, medium: str, campaign: str) -> str:  # noqa: C901 - the order of the rules is the definition
    kind = kind_of_site(source)
    paid = bool(_PAID.fullmatch(medium))
    shop = kind == "shopping" or bool(campaign and _SHOP.fullmatch(campaign))
    if "cross-network" in campaign:
        return "cross_network"
    if paid:
        if shop:
            return "paid_shopping"
        if kind in ("search", "social", "video"):
            return f"paid_{kind}"
        if medium == "paid_social":
            return "paid_social"
    if medium in _DISPLAY:
        return "display"
    if medium in _AFFILIATE:
        return "affiliates"
    if paid:
        return "paid_other"
    if medium in _EMAIL or source in _EMAIL or kind == "email":
        return "email"
    if shop:
        return "organic_shopping"
    if kind == "social" or medium in _SOCIAL:
        return "organic_social"
    if kind == "video" or "video" in medium or "视频" in medium:
        return "organic_video"
    if kind == "search" or medium == "organic":
        return "organic_search"
    if kind == "assistant":
        return "ai_assistant"
    if "sms" in (source, medium) or medium == "短信":
        return "sms"
    if medium == "audio":
        return "audio"
    if medium.endswith("push") or "notification" in medium or "mobile" in medium or source == "firebase":
        return "push"
    if medium in ("referral", "app", "link") or "." in source:
        return "referral"
    return "other"


def _said(word: str) -> str:
    clean = " ".join(word.split()).lower()[:100].strip()
    return "" if clean in _NOT_SAID else clean


def _host(referrer: str) -> str:
    try:
        found = urlsplit(referrer if "//" in referrer else f"//{referrer}").hostname
    except ValueError:
        return ""
    host = (found or "").rstrip(".")
    return host if _HOST.fullmatch(host) else ""


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("insights.cleaning").joinpath("traffic.toml").read_text(encoding="utf-8"))


@cache
def _sites() -> dict[str, str]:
    return {name: kind for kind, names in _data()["sites"].items() for name in names}


@cache
def _clicks() -> dict[str, tuple[str, str]]:
    return {name: (source, medium) for name, (source, medium) in _data()["clicks"].items()}
