"""Features of customers: sums in the engine, in integers and hence exact, ratios of them in NumPy."""

from __future__ import annotations

from datetime import datetime

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from insights.vocabulary import FEATURES

from .engine import connect, to_arrays
from .frame import Frame, aligned
from .known import customer_orders, rated, refunds, seen, sold_lines
from .moments import Moment
from .snapshots import Snapshot, Tables
from .tables import EVENTS

MONEY = 10_000
_UNITS = 1_000
_YEAR, _SEASON = 365, 90
_ORDER_WINDOWS = (30, 90, 180, 365)
_EVENT_WINDOWS = (7, 30, 90)
_SATURDAY, _NOVEMBER, _MORNING = 5, 11, 6

Arrays = dict[str, NDArray]


def customer_features(snapshot: Snapshot, as_of: datetime | None = None) -> Frame:
    """What was known at ``as_of`` of each customer with a valid order by then.

    Args:
        snapshot: the copy of the tables.
        as_of: a moment not after the snapshot's; None is the snapshot's own.

    Returns:
        One row a customer, sorted by primary key, with the columns of :data:`insights.vocabulary.FEATURES`; money is in units
        of the base currency. "In N days" is today and the N − 1 days before it.

    Raises:
        QueryMemoryError: when the memory allowed is too little.
    """
    moment = Moment.of(as_of) if as_of else snapshot.moment
    with connect(snapshot.folder) as connection:
        tables = snapshot.tables(connection)
        parts = [
            to_arrays(part.sort("customer"))
            for part in (
                _order_sums(tables, moment),
                _gap_sums(tables, moment),
                _line_sums(tables, moment),
                _category_sums(tables, moment),
                _refund_sums(tables, moment),
                _event_sums(tables, moment),
                _rating_sums(tables, moment),
            )
        ]
    ids = parts[0]["customer"].astype(np.int64)
    sums = {
        name: aligned(ids, part["customer"], values)
        for part in parts
        for name, values in part.items()
        if name != "customer"
    }
    features = _features(sums, moment)
    columns = tuple(FEATURES)
    return Frame(ids, columns, np.column_stack([features[name] for name in columns]).reshape(len(ids), len(columns)))


def _within(column: str, days: int, moment: Moment, before: int = 0) -> nw.Expr:
    """Whether a day lies in the ``days`` days that end ``before`` days ago."""
    last = moment.day - before
    return (nw.col(column) > last - days) & (nw.col(column) <= last)


def _count(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).sum()


def _total(condition: nw.Expr, column: str) -> nw.Expr:
    return nw.when(condition).then(nw.col(column)).otherwise(nw.lit(0)).sum()


def _order_sums(tables: Tables, moment: Moment) -> nw.LazyFrame:
    orders = customer_orders(tables, moment)
    a_year_ago = _within("day", _SEASON, moment, before=_YEAR - _SEASON)
    windows = {f"orders_{days}": _count(_within("day", days, moment)) for days in _ORDER_WINDOWS}
    windows |= {f"spend_{days}": _total(_within("day", days, moment), "total") for days in _ORDER_WINDOWS}
    return orders.group_by("customer").agg(
        nw.len().alias("orders"),
        nw.col("total").sum().alias("spend"),
        nw.col("day").min().alias("first_day"),
        nw.col("day").max().alias("last_day"),
        _count(nw.col("discounted") > 0).alias("discounted"),
        _count(nw.col("hour") < _MORNING).alias("night"),
        _count(nw.col("weekday") >= _SATURDAY).alias("weekend"),
        _count(nw.col("month") >= _NOVEMBER).alias("festive"),
        _count(a_year_ago).alias("orders_a_year_ago"),
        _count(_within("day", 90, moment, before=90)).alias("orders_90_before"),
        _total(_within("day", 90, moment, before=90), "total").alias("spend_90_before"),
        *(expression.alias(name) for name, expression in windows.items()),
    )


def order_day_gaps(tables: Tables, moment: Moment) -> nw.LazyFrame:
    """Days between an order day and the one before it, of customers with at least two, with ``from_last`` = 1 for the
    newest gap of a customer. Several orders on one day are one."""
    days = customer_orders(tables, moment).group_by("customer", "day").agg(nw.len().alias("orders"))
    before = nw.col("day").shift(1).over("customer", order_by="day")
    from_last = nw.col("day").cum_count(reverse=True).over("customer", order_by="day")
    gaps = days.with_columns(gap=nw.col("day") - before, from_last=from_last)
    return gaps.filter(~nw.col("gap").is_null())


def _gap_sums(tables: Tables, moment: Moment) -> nw.LazyFrame:
    gaps = order_day_gaps(tables, moment).with_columns(squared=nw.col("gap").cast(nw.Int64) * nw.col("gap"))
    return gaps.group_by("customer").agg(
        nw.len().alias("gaps"),
        nw.col("gap").sum().alias("gap_sum"),
        nw.col("squared").sum().alias("gap_squares"),
        nw.col("gap").median().alias("gap_median"),
        _total(nw.col("from_last") == 1, "gap").alias("gap_last"),
    )


def _line_sums(tables: Tables, moment: Moment) -> nw.LazyFrame:
    lines = sold_lines(tables, customer_orders(tables, moment)).filter(~nw.col("item").is_null())
    return lines.group_by("customer").agg(
        nw.col("quantity").sum().alias("units"), nw.col("item").n_unique().alias("products")
    )


def _category_sums(tables: Tables, moment: Moment) -> nw.LazyFrame:
    lines = sold_lines(tables, customer_orders(tables, moment)).filter(~nw.col("category").is_null())
    return lines.group_by("customer").agg(nw.col("category").n_unique().alias("categories"))


def _refund_sums(tables: Tables, moment: Moment) -> nw.LazyFrame:
    back = refunds(tables, customer_orders(tables, moment), moment)
    return back.group_by("customer").agg(nw.col("amount").sum().alias("refunded"))


def _event_sums(tables: Tables, moment: Moment) -> nw.LazyFrame:
    view, cart = EVENTS.index("view_item"), EVENTS.index("add_to_cart")
    windows = {}
    for days in _EVENT_WINDOWS:
        recent = _within("day", days, moment)
        windows[f"views_{days}"] = _count(recent & (nw.col("kind") == view))
        windows[f"carts_{days}"] = _count(recent & (nw.col("kind") == cart))
        windows[f"visit_days_{days}"] = nw.when(recent).then(nw.col("day")).otherwise(nw.lit(0)).n_unique()
    return (
        seen(tables, moment)
        .group_by("customer")
        .agg(
            nw.col("day").max().alias("last_visit"),
            nw.col("day").min().alias("first_visit"),
            *(expression.alias(name) for name, expression in windows.items()),
        )
    )


def _rating_sums(tables: Tables, moment: Moment) -> nw.LazyFrame:
    ratings = rated(tables, moment).group_by("customer")
    return ratings.agg(nw.len().alias("rating_count"), nw.col("value").sum().alias("rating_sum"))


def _features(sums: Arrays, moment: Moment) -> Arrays:
    orders, gaps, spend = sums["orders"], sums["gaps"], sums["spend"]
    gap_mean = _ratio(sums["gap_sum"], gaps)
    spread = np.maximum(_ratio(sums["gap_squares"], gaps) - gap_mean**2, 0)
    recency = moment.day - sums["last_day"]
    visited = sums["last_visit"] > 0
    features = {
        "recency_days": recency,
        "orders": orders,
        "net_spend": (spend - sums["refunded"]) / MONEY,
        "average_order_value": _ratio(spend, orders) / MONEY,
        "tenure_days": moment.day - sums["first_day"],
        "gap_mean": gap_mean,
        "gap_median": np.where(gaps > 0, sums["gap_median"], np.nan),
        "gap_deviation": np.where(gaps > 1, np.sqrt(spread), np.nan),
        "gap_last": np.where(gaps > 0, sums["gap_last"], np.nan),
        "recency_to_gap": _ratio(recency, gap_mean),
        "orders_trend": sums["orders_90"] - sums["orders_90_before"],
        "spend_trend": (sums["spend_90"] - sums["spend_90_before"]) / MONEY,
        "units_per_order": sums["units"] / _UNITS / orders,
        "products": sums["products"],
        "categories": sums["categories"],
        "discount_share": sums["discounted"] / orders,
        "refund_share": np.clip(_ratio(sums["refunded"], spend), 0, 1),
        "night_share": sums["night"] / orders,
        "weekend_share": sums["weekend"] / orders,
        "festive_share": sums["festive"] / orders,
        "orders_a_year_ago": sums["orders_a_year_ago"],
        "visit_recency_days": np.where(visited, moment.day - sums["last_visit"], np.nan),
        "rating_mean": _ratio(sums["rating_sum"], sums["rating_count"]) / 1000,
        "rating_count": sums["rating_count"],
    }
    for days in _ORDER_WINDOWS:
        features[f"orders_{days}"] = sums[f"orders_{days}"]
        features[f"spend_{days}"] = sums[f"spend_{days}"] / MONEY
    for days in _EVENT_WINDOWS:
        features[f"views_{days}"] = sums[f"views_{days}"]
        features[f"carts_{days}"] = sums[f"carts_{days}"]
        # Days outside of the window are one more distinct value, 0, where there are any.
        outside = visited & (sums["first_visit"] <= moment.day - days)
        features[f"visit_days_{days}"] = sums[f"visit_days_{days}"] - outside
    return features


def _ratio(part: NDArray, whole: NDArray) -> NDArray[np.float64]:
    """``part / whole``; NaN where ``whole`` is not above 0."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=np.asarray(whole) > 0)
