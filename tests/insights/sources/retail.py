"""The rules for the books of Online Retail, once more in pandas and plain Python: what the pipeline is checked against.

Written from ``docs/reference/cleaning.md`` alone; it imports nothing of ours and reads the file itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pandas as pd

_SHIPPING = {"POST", "DOT", "C2", "C3"}
_DISCOUNT = {"D"}
_FEE = {"AMAZONFEE", "BANK CHARGES", "B", "CRUK", "M", "m", "S", "PADS", "SP1002"}
_FEE_LIKE = re.compile(r"ADJUST\d*|TEST\d*|gift_.*|DCGS.*|GIFT", re.IGNORECASE)
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Books:
    """What the file says under the rules.

    Attributes:
        revenue: net, over all time.
        orders: valid ones.
        customers: with a valid order.
        quarantined: negative lines without a sale.
        duplicates: lines that equal an earlier one of their invoice.
        months: net revenue by month (``2010-12``); a refund counts in the month of the return.
    """

    revenue: Decimal
    orders: int
    customers: int
    quarantined: int
    duplicates: int
    months: dict[str, Decimal]


def read(path: Path) -> Books:
    """Do the books of a file."""
    lines = pd.read_csv(path, dtype=str, keep_default_na=False)
    lines.columns = ["invoice", "code", "name", "quantity", "placed", "price", "customer", "country"]
    lines["invoice"] = lines["invoice"].str.strip()
    lines["code"] = lines["code"].str.strip()
    lines["name"] = lines["name"].str.split().str.join(" ")
    lines["quantity"] = lines["quantity"].astype(int)
    lines["price"] = lines["price"].map(Decimal)
    lines["placed"] = pd.to_datetime(lines["placed"])
    # What an invoice says of itself is what its first line says.
    for column in ("placed", "customer"):
        lines[column] = lines.groupby("invoice")[column].transform("first")
    lines["kind"] = lines["code"].map(_kind)
    back = (lines["quantity"] < 0) & (lines["price"] > 0) & lines["kind"].isin(["product", "shipping"])
    lines.loc[back, "kind"] = "return"
    twice = lines.duplicated(["invoice", "code", "name", "kind", "quantity", "price"])
    kept = lines[~twice].copy()
    kept["net"] = [
        (q * p).quantize(_PLACES, ROUND_HALF_EVEN) for q, p in zip(kept["quantity"], kept["price"], strict=True)
    ]
    kept["sells"] = (kept["kind"] == "product") & (kept["quantity"] > 0) & (kept["price"] > 0)
    pays = kept["sells"] | kept["kind"].isin(["shipping", "discount"])
    totals = kept[pays].groupby("invoice")["net"].sum()
    sells = set(kept.loc[kept["sells"], "invoice"])
    valid = {invoice: total for invoice, total in totals.items() if invoice in sells and total >= 0}
    refunds, unmatched = _refunds(kept)
    given_back: defaultdict[str, Decimal] = defaultdict(Decimal)
    for invoice, _, amount in refunds:
        given_back[invoice] += amount
    valid = {invoice: total for invoice, total in valid.items() if not 0 < given_back[invoice] >= total}
    customer = dict(zip(lines["invoice"], lines["customer"], strict=True))
    placed = dict(zip(lines["invoice"], lines["placed"], strict=True))
    months: defaultdict[str, Decimal] = defaultdict(Decimal)
    for invoice, total in valid.items():
        months[f"{placed[invoice]:%Y-%m}"] += total
    for invoice, when, amount in refunds:
        if invoice in valid:
            months[f"{when:%Y-%m}"] -= amount
    return Books(
        revenue=sum(months.values(), Decimal()),
        orders=len(valid),
        customers=len({customer[invoice] for invoice in valid} - {""}),
        quarantined=unmatched,
        duplicates=int(twice.sum()),
        months=dict(months),
    )


def _kind(code: str) -> str:
    if code in _SHIPPING:
        return "shipping"
    if code in _DISCOUNT:
        return "discount"
    return "fee" if code in _FEE or _FEE_LIKE.fullmatch(code) else "product"


def _refunds(kept: pd.DataFrame) -> tuple[list[tuple[str, Any, Decimal]], int]:
    """The invoice that each is taken off, when, and how much; and the number of returns without a sale."""
    refunds: list[tuple[str, Any, Decimal]] = []
    backs = kept[kept["kind"] == "return"]
    unmatched = int((backs["customer"] == "").sum())
    backs = backs[backs["customer"] != ""]
    wanted = set(zip(backs["customer"], backs["code"], strict=True))
    sold = kept[kept["sells"] & (kept["customer"] != "")]
    sales: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in sold.itertuples():
        if (row.customer, row.code) in wanted:
            sales[row.customer, row.code].append([row.placed, row.Index, row.invoice, row.quantity])
    for each in sales.values():
        each.sort()
    for row in backs.sort_values(["placed"], kind="stable").itertuples():
        earlier = [sale for sale in sales[row.customer, row.code] if sale[0] <= row.placed and sale[3] > 0]
        number, amount = -row.quantity, -row.net
        single = next((sale for sale in reversed(earlier) if sale[3] >= number), None)
        if single is not None:
            single[3] -= number
            refunds.append((single[2], row.placed, amount))
        elif sum(sale[3] for sale in earlier) < number:
            unmatched += 1
        else:
            left, given = number, Decimal()
            for sale in earlier:
                part = min(left, sale[3])
                left -= part
                sale[3] -= part
                share = amount - given if not left else (amount * part / number).quantize(_PLACES, ROUND_HALF_EVEN)
                given += share
                refunds.append((sale[2], row.placed, share))
                if not left:
                    break
    return refunds, unmatched
