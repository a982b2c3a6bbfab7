"""What the shop itself says of rows at the moment when they are shown: a price of now, a name in the page's language."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from insights.collect import look_of
from insights.exceptions import UnknownKeyError
from insights.models import Category, Product

logger = logging.getLogger(__name__)

FIELDS = {
    "products": ("name", "price", "was_price", "currency", "stock", "is_active", "url", "image_url"),
    "categories": ("name",),
}
"""What an adapter's ``look_of`` may say of each kind."""


def freshen(kind: str, rows: Iterable[Product | Category]) -> None:
    """Put what the adapters say into rows that were read, and leave the tables as they are.

    A host's error is logged and costs no list: rows stay as the last sync found them.
    """
    of_channel: defaultdict[str, dict[str, Product | Category]] = defaultdict(dict)
    for row in rows:
        of_channel[row.channel][row.external_id] = row
    for channel, known in of_channel.items():
        try:
            _put(kind, known, look_of(kind, channel, list(known)))
        except Exception:
            logger.exception("The adapter of %s does not say how %s look now:", channel, kind)


def _put(kind: str, rows: Mapping[str, Product | Category], said: Mapping[str, Mapping[str, Any]]) -> None:
    for key, fields in said.items():
        row = rows.get(key)
        for name, value in fields.items() if row is not None else ():
            if name not in FIELDS[kind]:
                raise UnknownKeyError(f"field of {kind} in look_of()", name, FIELDS[kind])
            setattr(row, name, value)
