"""Who buys: types of customers, where they live, and what they like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop_demo.simulator.goods import Good

N_TASTES = 6
"""Latent factors behind who likes what."""


@dataclass(frozen=True)
class Kind:
    """A type of customer.

    Attributes:
        share: of all people.
        rate: mean orders a year while still a customer.
        spread: shape of the gamma distribution of rates; large is alike.
        stays: mean days until leaving for good.
        sensitivity: how much a price keeps them from buying.
        coupon: chance to use a coupon.
        guest: chance to buy without an account.
    """

    name: str
    share: float
    rate: float
    spread: float
    stays: float
    sensitivity: float
    coupon: float
    guest: float


KINDS = (
    Kind("devoted", 0.10, 30.0, 6.0, 1600.0, 0.25, 0.04, 0.03),
    Kind("regular", 0.26, 15.0, 5.0, 700.0, 0.45, 0.08, 0.10),
    Kind("occasional", 0.26, 6.5, 4.0, 600.0, 0.55, 0.10, 0.22),
    Kind("bargain", 0.14, 9.0, 4.0, 450.0, 1.10, 0.55, 0.12),
    Kind("gift", 0.12, 5.0, 4.0, 900.0, 0.30, 0.05, 0.35),
    Kind("once", 0.12, 0.0, 1.0, 1.0, 0.60, 0.12, 0.60),
)

PLACES = (
    ("GB", "England", "London", 0.20), ("GB", "England", "Manchester", 0.09), ("GB", "England", "Bristol", 0.08),
    ("GB", "Scotland", "Edinburgh", 0.09), ("GB", "Wales", "Cardiff", 0.04), ("DE", "Bayern", "München", 0.05),
    ("DE", "Berlin", "Berlin", 0.05), ("FR", "Île-de-France", "Paris", 0.06), ("US", "California", "San Francisco", 0.05),
    ("US", "New York", "New York", 0.04), ("NL", "Noord-Holland", "Amsterdam", 0.03), ("CN", "华东", "上海", 0.06),
    ("CN", "华东", "杭州", 0.04), ("CN", "华南", "广州", 0.04), ("CN", "华北", "北京", 0.04), ("CN", "西南", "成都", 0.02),
    ("JP", "Tokyo", "Tokyo", 0.02),
)  # fmt: skip
"""Country, region, city and share."""
_EARLY = 0.33
"""Share of those who bought here before the first simulated day; the others come evenly over the time."""
_AGREE = 0.7
_GIVEN = (
    "Ada Tom Priya Marta Jon Zoë Omar Ruth Ines Paul Lea Sam Nora Finn Ivy Leo Mina Hugo Elsa Ravi Cora Max".split()
)
_FAMILY = (
    "Ashdown Nair Silva Brook Hale Lind Said Kell Costa Fenn Vogt Meyer Laurent Byrne Okoye Novak Rossi Sato".split()
)
_ZH_FAMILY = "林周陈王李张刘赵黄吴徐孙"
_ZH_GIVEN = "悦 子涵 嘉宁 思远 雨桐 浩然 欣怡 宇轩 诗涵 晨曦 佳怡 明哲".split()


@dataclass(frozen=True)
class People:
    """Everybody, as columns of equal length.

    Attributes:
        kind: place in ``KINDS``.
        joined: day of the first order, or of joining the shop, counted from the first simulated day.
        leaves: day after which nothing is bought any more.
        rate: orders a day.
        taste: (n, N_TASTES).
    """

    kind: NDArray[np.int64]
    joined: NDArray[np.float64]
    leaves: NDArray[np.float64]
    rate: NDArray[np.float64]
    taste: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    place: NDArray[np.int64]
    guest: NDArray[np.bool_]
    marketing: NDArray[np.int64]
    """Letters: 1 agreed, 0 refused, -1 never asked."""
    agrees: NDArray[np.bool_]
    """Whether their visits may be followed; those of the others are counted, and nobody knows whose they were."""

    def __len__(self) -> int:
        return len(self.kind)


def people(count: int, days: int, dice: np.random.Generator) -> People:
    """Draw everybody."""
    kind = dice.choice(len(KINDS), size=count, p=[each.share for each in KINDS])
    early = dice.random(count) < _EARLY
    joined = dice.uniform(0, days - 3, count) + dice.uniform(0, 2, count)
    stays = np.array([each.stays for each in KINDS])[kind]
    spread = np.array([each.spread for each in KINDS])[kind]
    rate = np.array([each.rate for each in KINDS])[kind] / 365 * dice.gamma(spread) / spread
    # Who was there before the first day comes back when it is time, not all on that day.
    pause = dice.exponential(1 / np.where(rate > 0, rate, 1))
    joined = np.where(early & (rate > 0), np.minimum(pause, joined), joined)
    # Each kind leans to something, and everybody has a taste of their own.
    leanings = dice.normal(0, 0.5, (len(KINDS), N_TASTES))
    return People(
        kind=kind,
        joined=joined,
        leaves=joined + dice.exponential(stays),
        rate=rate,
        taste=leanings[kind] + dice.normal(0, 1.0, (count, N_TASTES)),
        sensitivity=np.array([each.sensitivity for each in KINDS])[kind] * dice.gamma(8, 1 / 8, count),
        place=dice.choice(len(PLACES), size=count, p=[place[3] for place in PLACES]),
        guest=dice.random(count) < np.array([each.guest for each in KINDS])[kind],
        marketing=dice.choice([1, 0, -1], size=count, p=[0.55, 0.2, 0.25]),
        agrees=dice.random(count) < _AGREE,
    )


def factors(stock: list[Good], dice: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each good is like, (m, N_TASTES), and how well known it is, (m,); sizes of a thing are alike."""
    shelves = dice.normal(0, 0.8, (max(good.shelf for good in stock) + 1, N_TASTES))
    things = dice.normal(0, 0.55, (max(good.thing for good in stock) + 1, N_TASTES))
    known = dice.normal(0, 0.55, max(good.thing for good in stock) + 1)
    like = np.array([shelves[good.shelf] + things[good.thing] for good in stock])
    return like, np.array([known[good.thing] for good in stock]) + dice.normal(0, 0.2, len(stock))


def name_of(number: int, country: str) -> str:
    """A believable name, the same for the same number."""
    if country == "CN":
        return _ZH_FAMILY[number % len(_ZH_FAMILY)] + _ZH_GIVEN[number // 7 % len(_ZH_GIVEN)]
    return f"{_GIVEN[number % len(_GIVEN)]} {_FAMILY[number // 5 % len(_FAMILY)]}"


def address_of(number: int) -> str:
    """An e-mail address that nobody has."""
    given, family = _GIVEN[number % len(_GIVEN)], _FAMILY[number // 5 % len(_FAMILY)]
    return f"{given}.{family}{number}@example.com".lower().replace("ë", "e")
