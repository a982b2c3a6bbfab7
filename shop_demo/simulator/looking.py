"""What people do between orders: visits of buyers, of those who only look, of strangers and of machines."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shop_demo.simulator.buying import Purchase
from shop_demo.simulator.people import People

BROWSERS = (
    ("desktop", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("desktop", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"),
    (
        "mobile",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    ),
    ("mobile", "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"),
    ("tablet", "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"),
)
MACHINES = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    "python-requests/2.32",
    "GPTBot/1.2",
)
SOURCES = (
    ("", "", "", "", 0.36), ("google", "organic", "", "https://www.google.com/", 0.16),
    ("", "", "", "https://www.bing.com/", 0.04), ("", "", "", "https://www.baidu.com/", 0.04),
    ("newsletter", "email", "spring-picking", "", 0.12), ("google", "cpc", "teaware", "https://www.google.com/", 0.10),
    ("facebook", "paid_social", "gift-boxes", "https://www.facebook.com/", 0.06),
    ("baidu", "cpc", "longjing", "https://www.baidu.com/", 0.02),
    ("instagram", "social", "", "https://www.instagram.com/", 0.05), ("", "", "", "https://mp.weixin.qq.com/", 0.02),
    ("", "", "", "https://www.xiaohongshu.com/", 0.01), ("", "", "", "https://chatgpt.com/", 0.02),
)  # fmt: skip
"""Where a visit comes from: source, medium, campaign, referrer, share."""
NOBODY = -100
"""Stands for the browser of somebody who did not agree to be recognised."""
RUSH = 90
"""Pages of a machine in a hurry."""
_STRANGERS = 1 / 30
"""Visits of strangers a day, for each customer."""
_BOUNCE, _LANDS_ON_A_PRODUCT = 0.85, 0.35
_SHARES = np.array([source[4] for source in SOURCES])


@dataclass(frozen=True)
class Step:
    """One event: seconds from the first day's midnight, and what it is about."""

    moment: int
    session: str
    person: int
    """-1 for nobody known."""
    name: str
    good: int = -1
    order: int = -1
    query: str = ""
    agent: int = 0
    """Place in ``BROWSERS``; below zero in ``MACHINES``; ``NOBODY`` where none may be written down."""
    source: int = 0


def look(
    people: People,
    purchases: list[Purchase],
    like: NDArray[np.float64],
    known: NDArray[np.float64],
    days: int,
    names: list[str],
    dice: np.random.Generator,
) -> Iterator[Step]:
    """All events, visit by visit.

    Args:
        names: of the goods, for searches.
    """
    interest = np.exp(0.8 * people.taste @ like.T / np.sqrt(like.shape[1]) + known)
    interest /= interest.sum(axis=1, keepdims=True)
    crowd = np.exp(known) / np.exp(known).sum()
    for number, purchase in enumerate(purchases):
        steps = _visit(
            dice, purchase.moment, purchase.person, interest[purchase.person], names, number, purchase, people
        )
        yield from steps if people.agrees[purchase.person] else map(_unfollowed, steps)
    ends = np.minimum(people.leaves + 20, days)
    for person in range(len(people)):
        stays = max(ends[person] - people.joined[person], 0.0)
        for _ in range(int(dice.poisson(stays * (0.012 + 0.45 * people.rate[person])))):
            moment = int((people.joined[person] + dice.random() * stays) * 86400)
            steps = _visit(dice, moment, person, interest[person], names, -1, None, people)
            yield from steps if people.agrees[person] else map(_unfollowed, steps)
    for _ in range(int(len(people) * days * _STRANGERS)):
        moment = int(dice.random() * days * 86400)
        if dice.random() < _BOUNCE:
            yield from _bounce(dice, moment, crowd)
        else:
            yield from _visit(dice, moment, -1, crowd, names, -1, None, people)


def _unfollowed(step: Step) -> Step:
    """What is left of an event when its visitor did not agree to be recognised: what, and when."""
    return replace(step, session="", person=-1, order=-1, query="", source=0, agent=NOBODY)


def _bounce(dice: np.random.Generator, moment: int, crowd: NDArray[np.float64]) -> Iterator[Step]:
    """Most strangers see one page, and go."""
    session, agent = _key(dice), int(dice.integers(len(BROWSERS)))
    source = int(dice.choice(len(SOURCES), p=_SHARES))
    yield Step(moment, session, -1, "page_view", agent=agent, source=source)
    if dice.random() < _LANDS_ON_A_PRODUCT:
        good = int(dice.choice(len(crowd), p=crowd))
        yield Step(moment + 1, session, -1, "view_item", good, agent=agent, source=source)


def crawl(count: int, days: int, goods: int, dice: np.random.Generator) -> Iterator[Step]:
    """Visits of machines, which look at everything and buy nothing."""
    for _ in range(count):
        moment, session = int(dice.random() * days * 86400), _key(dice)
        agent = -1 - int(dice.integers(len(MACHINES)))
        for place in range(int(dice.integers(4, 12))):
            yield Step(moment + place, session, -1, "view_item", int(dice.integers(goods)), agent=agent)


def rush(count: int, days: int, goods: int, dice: np.random.Generator) -> Iterator[Step]:
    """Visits of machines that call themselves browsers, and turn a page each half second."""
    for _ in range(count):
        # Of late, so that whoever looks at the last weeks sees them.
        moment, session = int((days - 1 - dice.random() * min(60, days - 1)) * 86400), _key(dice)
        agent = int(dice.integers(len(BROWSERS)))
        for place in range(RUSH):
            good = int(dice.integers(goods))
            yield Step(moment + place // 2, session, -1, "page_view", good, agent=agent)


def _visit(
    dice: np.random.Generator,
    moment: int,
    person: int,
    interest: NDArray[np.float64],
    names: list[str],
    order: int,
    purchase: Purchase | None,
    people: People,
) -> Iterator[Step]:
    agent = int(dice.integers(len(BROWSERS)))
    source = int(dice.choice(len(SOURCES), p=_SHARES))
    session = _key(dice)
    guest = person < 0 or people.guest[person]
    # One in five signs in only at the end, and some who have an account never do.
    signed = 0 if guest else int(dice.random() < 0.8)
    bought = [good for good, _ in purchase.lines] if purchase else []
    more = int(dice.poisson(1.2)) if purchase else 1 + int(dice.poisson(1.4))
    seen = [*bought, *(int(good) for good in dice.choice(len(interest), size=more, p=interest))]
    steps: list[tuple[str, int, str]] = [("page_view", -1, "")]
    if dice.random() < 0.18:
        steps.append(("search", -1, names[seen[0]].split(",")[0].lower()))
    for good in seen:
        steps.append(("view_item", good, ""))
        if good in bought or dice.random() < 0.06:
            steps.append(("add_to_cart", good, ""))
    if purchase:
        steps += [("begin_checkout", -1, ""), ("purchase", -1, "")]
    elif dice.random() < 0.05:
        steps.append(("begin_checkout", -1, ""))
    time = moment - 40 * len(steps)
    for place, (name, good, query) in enumerate(steps):
        time += int(dice.integers(8, 70))
        known = person if signed or (not guest and purchase and place >= len(steps) - 2) else -1
        yield Step(time, session, known, name, good, order if name == "purchase" else -1, query, agent, source)


def _key(dice: np.random.Generator) -> str:
    return uuid.UUID(bytes=dice.bytes(16)).hex


SAID = ("device", "user_agent", "utm_source", "utm_medium", "utm_campaign", "referrer")
"""Columns of the shop's log beyond who, when and what."""


def said(step: Step) -> tuple[str, ...]:
    """The values of ``SAID`` for an event."""
    if step.agent == NOBODY:
        return ("",) * len(SAID)
    if step.agent < 0:
        return ("", MACHINES[-1 - step.agent], "", "", "", "")
    source, medium, campaign, referrer, _ = SOURCES[step.source]
    device, agent = BROWSERS[step.agent]
    return device, agent, source, medium, campaign, referrer
