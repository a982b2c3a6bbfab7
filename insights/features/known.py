"""The facts of a snapshot as they were known at a moment: the one place that hides what came later."""

from __future__ import annotations

import narwhals as nw

from .moments import Moment
from .snapshots import Tables


def valid_orders(tables: Tables, moment: Moment) -> nw.LazyFrame:
    """Orders placed before the moment that nobody had cancelled or given back by then."""
    return tables["orders"].filter((nw.col("placed") < moment.epoch) & (nw.col("valid_until") >= moment.epoch))


def customer_orders(tables: Tables, moment: Moment) -> nw.LazyFrame:
    """Valid orders of the people whom we may know."""
    orders = valid_orders(tables, moment).filter(~nw.col("customer").is_null())
    return orders.join(tables["customers"], on="customer", how="inner")


def sold_lines(tables: Tables, orders: nw.LazyFrame) -> nw.LazyFrame:
    """Lines of the orders, with the item (the parent of a variant) and its category."""
    owners = orders.select("order", "customer", "placed", "day")
    return tables["lines"].join(owners, on="order", how="inner").join(tables["products"], on="product", how="left")


def refunds(tables: Tables, orders: nw.LazyFrame, moment: Moment) -> nw.LazyFrame:
    """What had been given back of the orders by the moment."""
    back = tables["refunds"].filter(nw.col("occurred") < moment.epoch)
    return back.join(orders.select("order", "customer"), on="order", how="inner")


def seen(tables: Tables, moment: Moment) -> nw.LazyFrame:
    """Events before the moment of the people whom we may know."""
    return _of_people(tables, "events", moment)


def rated(tables: Tables, moment: Moment) -> nw.LazyFrame:
    """Ratings before the moment of the people whom we may know."""
    return _of_people(tables, "ratings", moment)


def _of_people(tables: Tables, name: str, moment: Moment) -> nw.LazyFrame:
    facts = tables[name].filter((nw.col("occurred") < moment.epoch) & ~nw.col("customer").is_null())
    return facts.join(tables["customers"], on="customer", how="inner")
