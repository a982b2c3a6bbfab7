"""Features of products: how old, how dear, how much in demand. Variants are rolled up to their parent."""

from __future__ import annotations

from datetime import datetime

import narwhals as nw
import numpy as np

from .customers import MONEY
from .engine import connect, to_arrays
from .frame import Frame, aligned
from .known import rated, seen, sold_lines, valid_orders
from .moments import Moment
from .snapshots import Snapshot
from .tables import EVENTS

_DAY = 86_400
COLUMNS = ("price", "age_days", "orders_30", "orders_90", "units_90", "views_30", "rating_mean", "rating_count")


def product_features(snapshot: Snapshot, as_of: datetime | None = None) -> Frame:
    """What was known at ``as_of`` of each real product that is no variant.

    Args:
        snapshot: the copy of the tables.
        as_of: a moment not after the snapshot's; None is the snapshot's own.

    Returns:
        One row a product, sorted by primary key. The price is the catalogue's of today, since its past is not kept.
    """
    moment = Moment.of(as_of) if as_of else snapshot.moment

    def recent(days: int, value: nw.Expr) -> nw.Expr:
        return nw.when(nw.col("day") > moment.day - days).then(value).otherwise(nw.lit(0)).sum()

    with connect(snapshot.folder) as connection:
        tables = snapshot.tables(connection)
        items = tables["products"].filter(nw.col("is_real") == 1)
        own = items.filter(nw.col("product") == nw.col("item")).select("item", "price", "published")
        lines = sold_lines(tables, valid_orders(tables, moment)).filter(~nw.col("item").is_null())
        sold = lines.group_by("item").agg(
            recent(30, nw.lit(1)).alias("orders_30"),
            recent(90, nw.lit(1)).alias("orders_90"),
            recent(90, nw.col("quantity")).alias("units_90"),
        )
        views = seen(tables, moment).filter(
            (nw.col("kind") == EVENTS.index("view_item")) & (nw.col("day") > moment.day - 30)
        )
        parts = [
            own,
            sold,
            views.join(items, on="product", how="inner").group_by("item").agg(nw.len().alias("views_30")),
            rated(tables, moment)
            .join(items, on="product", how="inner")
            .group_by("item")
            .agg(nw.len().alias("rating_count"), nw.col("value").sum().alias("rating_sum")),
        ]
        arrays = [to_arrays(part.sort("item")) for part in parts]
    ids = arrays[0]["item"].astype(np.int64)
    sums = {
        name: aligned(ids, part["item"], values, missing=np.nan if name in ("price", "published") else 0.0)
        for part in arrays
        for name, values in part.items()
        if name != "item"
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        values = {
            **sums,
            "price": sums["price"] / MONEY,
            "age_days": np.maximum((moment.epoch - sums["published"]) // _DAY, 0),
            "units_90": sums["units_90"] / 1_000,
            "rating_mean": np.where(
                sums["rating_count"] > 0, sums["rating_sum"] / sums["rating_count"] / 1_000, np.nan
            ),
        }
    return Frame(ids, COLUMNS, np.column_stack([values[name] for name in COLUMNS]).reshape(len(ids), len(COLUMNS)))
