"""When customers bought and what, for models of whole lifetimes, and what they did next, for labels."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from .customers import MONEY, order_day_gaps
from .engine import connect, to_arrays
from .known import customer_orders
from .moments import Moment
from .snapshots import Snapshot

FloatArray = NDArray[np.float64]


class Histories(NamedTuple):
    """What BG/NBD and Gamma-Gamma ask of each customer. The unit of time is a day: two orders on one day are one."""

    ids: NDArray[np.int64]
    frequency: FloatArray
    """Order days after the first."""
    recency: FloatArray
    """Days from the first to the last order day."""
    T: FloatArray
    """Days from the first order day to today."""
    monetary: FloatArray
    """Mean spend of an order day after the first, in the base currency; 0 without one."""


class Outcomes(NamedTuple):
    """What customers did in a stretch of days."""

    ids: NDArray[np.int64]
    """Customers with a valid order in it, sorted."""
    orders: FloatArray
    """Valid orders, as known at its end."""
    spend: FloatArray
    """Their totals, in the base currency."""
    first_day: FloatArray
    """Day number of the first of these orders."""


def histories(snapshot: Snapshot, as_of: datetime | None = None) -> Histories:
    """The lifetime of each customer with a valid order, as known at ``as_of`` (None is the snapshot's own)."""
    moment = Moment.of(as_of) if as_of else snapshot.moment
    with connect(snapshot.folder) as connection:
        orders = customer_orders(snapshot.tables(connection), moment)
        days = orders.group_by("customer", "day").agg(nw.col("total").sum().alias("total"))
        first = nw.col("day").min().over("customer")
        repeats = nw.when(nw.col("day") > nw.col("first")).then(nw.col("total")).otherwise(nw.lit(0))
        sums = to_arrays(
            days.with_columns(first=first)
            .group_by("customer")
            .agg(
                nw.len().alias("days"),
                nw.col("day").min().alias("first"),
                nw.col("day").max().alias("last"),
                repeats.sum().alias("repeat_spend"),
            )
            .sort("customer")
        )
    frequency = sums["days"].astype(np.float64) - 1
    spend = np.maximum(sums["repeat_spend"] / MONEY, 0)
    return Histories(
        sums["customer"].astype(np.int64),
        frequency,
        sums["last"] - sums["first"].astype(np.float64),
        moment.day - sums["first"].astype(np.float64),
        np.divide(spend, frequency, out=np.zeros(len(frequency)), where=frequency > 0),
    )


def outcomes(snapshot: Snapshot, start: Moment, end: Moment) -> Outcomes:
    """Valid orders from ``start`` on and before ``end``, as known at ``end``."""
    with connect(snapshot.folder) as connection:
        orders = customer_orders(snapshot.tables(connection), end).filter(nw.col("placed") >= start.epoch)
        sums = to_arrays(
            orders.group_by("customer")
            .agg(nw.len().alias("orders"), nw.col("total").sum().alias("spend"), nw.col("day").min().alias("first_day"))
            .sort("customer")
        )
    return Outcomes(
        sums["customer"].astype(np.int64),
        sums["orders"].astype(np.float64),
        sums["spend"] / MONEY,
        sums["first_day"].astype(np.float64),
    )


def order_gaps(snapshot: Snapshot, as_of: datetime | None = None) -> FloatArray:
    """Days between successive order days of the same customer, all customers together, sorted."""
    moment = Moment.of(as_of) if as_of else snapshot.moment
    with connect(snapshot.folder) as connection:
        gaps = order_day_gaps(snapshot.tables(connection), moment).select("gap").sort("gap")
        return to_arrays(gaps)["gap"].astype(np.float64)


def first_day(snapshot: Snapshot) -> int | None:
    """Day number of the first valid order of a customer; None without one."""
    with connect(snapshot.folder) as connection:
        orders = customer_orders(snapshot.tables(connection), snapshot.moment)
        found = to_arrays(orders.select(nw.col("day").min().alias("day")))["day"]
    return None if np.isnan(found[0]) else int(found[0])
