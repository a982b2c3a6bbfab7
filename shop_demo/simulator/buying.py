"""When people buy and what: a Poisson process with seasons and an end, and a choice by taste, price and habit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from shop_demo.simulator.goods import Good, together
from shop_demo.simulator.people import KINDS, PLACES, People

_MONTHS = (0.85, 0.9, 0.95, 0.95, 0.95, 0.85, 0.8, 0.85, 1.0, 1.1, 1.5, 1.6)
_WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.05, 1.1, 1.15)
_GIFT_MONTHS = (0.6, 1.6, 0.5, 0.4, 0.9, 0.5, 0.3, 0.3, 0.5, 0.9, 2.6, 3.4)
_HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 9, 8, 8, 8, 8, 9, 11, 14, 15, 13, 8, 4], dtype=float)
_GREATEST = 3.4 * 1.15
_SPRING_FESTIVALS = (date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6))
TAKEN_ALONG = 0.35
"""Chance that the other one of a pair is bought too."""
HABIT = 2.2
"""How much more is thought of what was bought before: tea is drunk up and bought again."""


@dataclass(frozen=True)
class Purchase:
    """One order: who, when (seconds from the first day's midnight), and which goods, how many."""

    person: int
    moment: int
    lines: tuple[tuple[int, int], ...]
    coupon: bool


@dataclass
class Bought:
    """All orders in order of time, and what would have been bought after the last simulated day."""

    past: list[Purchase] = field(default_factory=list)
    future: list[Purchase] = field(default_factory=list)


def buy(
    people: People,
    like: NDArray[np.float64],
    known: NDArray[np.float64],
    stock: list[Good],
    start: date,
    days: int,
    horizon: int,
    dice: np.random.Generator,
) -> Bought:
    """Let everybody buy.

    Args:
        like: what each good is like, (m, N_TASTES).
        known: how well known each good is, (m,).
        start: the first day; ``days`` are simulated, and ``horizon`` more for the truth alone.
    """
    prices = np.log(np.array([float(good.price) for good in stock]))
    affinity = 0.9 * people.taste @ like.T / np.sqrt(like.shape[1]) * 2.0 + known
    affinity -= people.sensitivity[:, None] * (prices - prices.mean())
    along: dict[int, list[int]] = {}
    for first, second in together():
        along.setdefault(first, []).append(second)
    calendar = _calendar(start, days + horizon)
    bought = Bought()
    for person in range(len(people)):
        _one(person, people, affinity[person], along, calendar, days, horizon, dice, bought)
    bought.past.sort(key=lambda each: (each.moment, each.person))
    bought.future.sort(key=lambda each: (each.moment, each.person))
    return bought


def _one(
    person: int,
    people: People,
    affinity: NDArray[np.float64],
    along: dict[int, list[int]],
    calendar: NDArray[np.float64],
    days: int,
    horizon: int,
    dice: np.random.Generator,
    bought: Bought,
) -> None:
    kind = KINDS[people.kind[person]]
    row = 2 if kind.name == "gift" else 1 if PLACES[people.place[person]][0] == "CN" else 0
    end = min(people.leaves[person], days + horizon)
    moments = [people.joined[person]]
    moment = people.joined[person]
    rate = people.rate[person]
    while rate > 0:
        moment += dice.exponential(1 / (rate * _GREATEST))
        if moment >= end:
            break
        # Thinning (Lewis & Shedler 1979): a candidate is kept with the share that the season has of the greatest.
        if dice.random() < calendar[row, int(moment)] / _GREATEST:
            moments.append(moment)
    weights = np.exp(affinity - affinity.max())
    for moment in moments:
        lines = _basket(weights, along, kind.name, dice)
        for good in lines:
            weights[good] *= HABIT if weights[good] < 0.5 else 1.0
        day = int(moment)
        second = int(dice.choice(24, p=_HOURS / _HOURS.sum())) * 3600 + int(dice.integers(3600))
        coupon = bool(dice.random() < kind.coupon)
        purchase = Purchase(person, day * 86400 + second, tuple(lines.items()), coupon)
        (bought.past if day < days else bought.future).append(purchase)


def _basket(
    weights: NDArray[np.float64], along: dict[int, list[int]], kind: str, dice: np.random.Generator
) -> dict[int, int]:
    size = 1 + min(int(dice.poisson(0.9)), 5)
    chosen = dice.choice(len(weights), size=size, replace=False, p=weights / weights.sum())
    lines = {int(good): 1 + int(dice.random() < (0.25 if kind == "gift" else 0.12)) for good in chosen}
    for good in list(lines):
        if good in along and dice.random() < TAKEN_ALONG:
            lines.setdefault(int(dice.choice(along[good])), 1)
    return lines


def _calendar(start: date, days: int) -> NDArray[np.float64]:
    """How much is bought on each day: by everybody, by people in China, and for presents; (3, days)."""
    found = np.empty((3, days + 1))
    for offset in range(days + 1):
        day = start + timedelta(days=offset)
        week = _WEEKDAYS[day.weekday()]
        found[0, offset] = _MONTHS[day.month - 1] * week
        feast = any(timedelta(0) <= feast - day <= timedelta(days=21) for feast in _SPRING_FESTIVALS)
        singles = (day.month, day.day) in ((11, 10), (11, 11), (6, 18))
        found[1, offset] = min(
            _MONTHS[day.month - 1] * week * (2.0 if feast else 1.0) * (2.4 if singles else 1.0), _GREATEST
        )
        found[2, offset] = _GIFT_MONTHS[day.month - 1] * week
    return found
