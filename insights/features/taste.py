"""Who took to what: matrices of people, orders and items. An item is a real product; variants count as their parent."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from insights.conf import settings

from .engine import connect, to_arrays
from .known import customer_orders, rated, seen, sold_lines, valid_orders
from .moments import Moment
from .snapshots import Snapshot, Tables
from .tables import EVENTS

HALF_LIFE_DAYS = 180
_PURCHASE = len(EVENTS)

IntArray = NDArray[np.int64]


class Interactions(NamedTuple):
    """A sparse matrix of rows (people, or orders) by items."""

    csr: Any
    """``csr_array`` (n_rows, n_items) of float32."""
    user_ids: IntArray
    """(n_rows,) primary keys, sorted: customers, or orders in :func:`baskets`."""
    item_ids: IntArray
    """(n_items,) primary keys of products, sorted."""


class Ratings(NamedTuple):
    """Opinions, sorted by time; the latest where a person rated an item again."""

    user_ids: IntArray
    item_ids: IntArray
    values: NDArray[np.float64]
    times: IntArray
    """Epoch seconds."""


def interactions(
    snapshot: Snapshot, as_of: datetime | None = None, half_life_days: float = HALF_LIFE_DAYS
) -> Interactions:
    """How much each person took to each item, from purchases, baskets and views.

    Every day on which something happened counts once, with the weight of INSIGHTS["EVENT_WEIGHTS"], halved for each
    ``half_life_days`` gone by since.

    Args:
        snapshot: the copy of the tables.
        as_of: a moment not after the snapshot's; None is the snapshot's own.
        half_life_days: days after which a fact counts half.
    """
    moment = Moment.of(as_of) if as_of else snapshot.moment
    with connect(snapshot.folder) as connection:
        tables = snapshot.tables(connection)
        bought = _bought(tables, customer_orders(tables, moment)).with_columns(kind=nw.lit(_PURCHASE))
        looked = (
            seen(tables, moment).filter(nw.col("kind") < len(EVENTS)).join(_items(tables), on="product", how="inner")
        )
        columns = ["customer", "item", "day", "kind"]
        found = [
            to_arrays(part.group_by(*columns).agg(nw.len().alias("n")).select(columns).sort(columns))
            for part in (bought, looked)
        ]
    facts = {name: np.concatenate([part[name].astype(np.int64) for part in found]) for name in columns}
    weights = settings.EVENT_WEIGHTS
    by_kind = np.array([*(getattr(weights, name) for name in EVENTS), weights.purchase])
    weight = by_kind[facts["kind"]] * 0.5 ** ((moment.day - facts["day"]) / half_life_days)
    return _matrix(facts["customer"], facts["item"], weight)


def purchases(snapshot: Snapshot, start: Moment, end: Moment) -> Interactions:
    """Who bought what from ``start`` on and before ``end``, as known at ``end``: ones."""
    with connect(snapshot.folder) as connection:
        tables = snapshot.tables(connection)
        orders = customer_orders(tables, end).filter(nw.col("placed") >= start.epoch)
        pairs = _distinct(_bought(tables, orders), "customer")
    return _matrix(pairs["customer"], pairs["item"], np.ones(len(pairs["item"])))


def baskets(snapshot: Snapshot, start: Moment | None, end: Moment) -> Interactions:
    """Which items were bought in one order, guests' orders included: ones, with orders as rows."""
    with connect(snapshot.folder) as connection:
        tables = snapshot.tables(connection)
        orders = valid_orders(tables, end)
        if start is not None:
            orders = orders.filter(nw.col("placed") >= start.epoch)
        pairs = _distinct(_bought(tables, orders), "order")
    return _matrix(pairs["order"], pairs["item"], np.ones(len(pairs["item"])))


def ratings(snapshot: Snapshot, as_of: datetime | None = None) -> Ratings:
    """The ratings of people of items, as known at ``as_of`` (None is the snapshot's own)."""
    moment = Moment.of(as_of) if as_of else snapshot.moment
    with connect(snapshot.folder) as connection:
        tables = snapshot.tables(connection)
        given = rated(tables, moment).join(_items(tables), on="product", how="inner")
        rows = to_arrays(given.select("customer", "item", "occurred", "rating", "value").sort("occurred", "rating"))
    pairs = np.column_stack([rows["customer"], rows["item"]])[::-1]
    _, latest = np.unique(pairs, axis=0, return_index=True)
    keep = np.sort(len(pairs) - 1 - latest)
    return Ratings(
        rows["customer"][keep].astype(np.int64),
        rows["item"][keep].astype(np.int64),
        rows["value"][keep] / 1_000,
        rows["occurred"][keep].astype(np.int64),
    )


def _items(tables: Tables) -> nw.LazyFrame:
    """Product to item, of real products whose parent is real."""
    real = tables["products"].filter(nw.col("is_real") == 1)
    return real.select("product", "item").join(real.select(nw.col("product").alias("item")), on="item", how="inner")


def _bought(tables: Tables, orders: nw.LazyFrame) -> nw.LazyFrame:
    lines = sold_lines(tables, orders).select("order", "customer", "day", "product")
    return lines.join(_items(tables), on="product", how="inner")


def _distinct(lines: nw.LazyFrame, rows: str) -> dict[str, IntArray]:
    pairs = lines.group_by(rows, "item").agg(nw.len().alias("n")).select(rows, "item").sort(rows, "item")
    return {name: values.astype(np.int64) for name, values in to_arrays(pairs).items()}


def _matrix(rows: IntArray, columns: IntArray, weights: NDArray[np.float64]) -> Interactions:
    row_ids, row = np.unique(rows, return_inverse=True)
    item_ids, column = np.unique(columns, return_inverse=True)
    matrix = csr_array((weights.astype(np.float32), (row, column)), shape=(len(row_ids), len(item_ids)))
    matrix.sum_duplicates()
    return Interactions(matrix, row_ids, item_ids)
