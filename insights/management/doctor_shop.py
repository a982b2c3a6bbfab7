"""What the doctor looks at in the shop itself: the adapters, the tables behind them, the words in their columns."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import ERROR
from django.db import DatabaseError, transaction
from django.db.models import Count
from django.utils import timezone

from insights.analytics import quality
from insights.checks import check_adapters
from insights.cleaning import Unusable
from insights.conf import settings
from insights.exceptions import nearest
from insights.management.findings import Finding
from insights.models import Excluded, Order
from insights.sources import Adapter, Declaration, Mapped, get_adapters, mapped, meaning_of, status_words

_TRIED = 5
_MAPPED = frozenset(
    "no_customer no_lines unknown_product total_mismatch missing_costs missing_countries missing_categories".split()
)
"""Checks of the data that an adapter can fail as a whole."""
_MOST_WORDS = 50
"""Columns with more different values hold no status."""


def adapters() -> Iterator[Finding]:
    """Whether each adapter leads somewhere, and to tables that are there."""
    if not settings.ADAPTERS:
        said, imported = "INSIGHTS['ADAPTERS'] names no adapter", _has_orders()
        if imported:
            yield Finding("adapters", "ok", f"{said}; there are orders from files.")
        else:
            remedy = "Run manage.py insights_init for a draft and name its class there, or import files."
            yield Finding("adapters", "mend", f"{said}, and there are no orders.", remedy)
        return
    messages = check_adapters()
    for message in messages:
        yield Finding("adapters", "mend" if message.level >= ERROR else "look", message.msg, message.hint or "")
    if any(message.level >= ERROR for message in messages):
        return
    if not messages:
        yield Finding("adapters", "ok", f"All paths lead somewhere: {', '.join(settings.ADAPTERS)}.")
    if not any(adapter.of_kind("orders") for adapter in get_adapters()) and not _has_orders():
        yield Finding(
            "orders",
            "mend",
            "No adapter maps Orders, and there are none from files: there is nothing to add up.",
            "Give the adapter its class Orders: manage.py insights_init shows what it may say.",
        )
    for adapter in get_adapters():
        yield from _tables(adapter)


def _tables(adapter: Adapter) -> Iterator[Finding]:
    lacking = False
    for name in adapter.declarations:
        source = mapped(adapter, name)
        assert source is not None
        try:
            # A failed query must not spoil a transaction around it.
            with transaction.atomic(using=source.base().db):
                rows = source.after(None, _TRIED)
        except DatabaseError as error:
            lacking = True
            said = str(error).strip().splitlines()
            yield Finding(
                "tables",
                "mend",
                f"{source.label}: {source.model._meta.label} cannot be read "
                f"({said[0] if said else type(error).__name__}).",
                "Run manage.py migrate for the shop's own tables, or name another model or column.",
            )
            continue
        for fault in sorted({str(value) for row in rows for value in row.values if isinstance(value, Unusable)}):
            yield Finding(
                "tables",
                "look",
                f"{source.label}: {fault}",
                "Mend the function or method, or leave the field out; till then the value is left empty.",
            )
    if not lacking:
        for declaration in adapter.of_kind("orders"):
            yield from _statuses(declaration, mapped(adapter, declaration.name))


def _statuses(declaration: Declaration, orders: Mapped | None) -> Iterator[Finding]:
    """Words that the adapter names and no order has, and words that look like a cancellation and count."""
    if orders is None or "status" not in orders.names:
        return
    column = orders.values[orders.names.index("status")].column
    if not isinstance(column, str):
        return
    rows = orders.model._base_manager.using(orders.adapter.database).order_by()
    words = [value for (value,) in rows.values_list(column).distinct()[: _MOST_WORDS + 1]]
    if not words or len(words) > _MOST_WORDS:
        return
    seen = {str(word) for word in words}
    place = f"{orders.label}.status"
    told = False
    for meaning, said in status_words(declaration):
        if said in seen:
            continue
        told = True
        close = nearest(said, seen)
        yield Finding(
            "statuses",
            "look",
            f"{place}: no order has “{said}”, which is said to mean {meaning}.",
            f"Did you mean “{close}”?" if close else f"The orders have: {', '.join(sorted(seen))}.",
        )
    for word in words:
        meaning_guessed = meaning_of((word,))
        if meaning_guessed and orders.ways.status(word) is None:
            told = True
            yield Finding(
                "statuses",
                "look",
                f"{place}: orders of “{word}” count as sales, and the word looks like {meaning_guessed}.",
                f'If it is, add it: status = {{"{meaning_guessed}": [{word!r}]}}.',
            )
    if not told:
        yield Finding("statuses", "ok", f"{place}: all its words are in use.")


def rates() -> Iterator[Finding]:
    """Currencies of orders that nobody can add up."""
    found = Order.objects.filter(excluded=Excluded.NO_RATE).order_by().values_list("currency").annotate(Count("pk"))
    for currency, count in sorted(found):
        if currency == "XXX":
            yield Finding(
                "rates",
                "look",
                f"{count:,} orders have no currency, or one that is not of ISO 4217; they count nowhere.",
                "Let the adapter's “currency” give a code such as “EUR”, then run manage.py insights_sync.",
            )
        else:
            yield Finding(
                "rates",
                "mend",
                f"{count:,} orders in {currency} count nowhere, because there is no rate for it.",
                f"Add INSIGHTS['RATES'] = {{'{currency}': '…'}}: what one {currency} is worth in "
                f"{settings.BASE_CURRENCY}; then run manage.py insights_sync.",
            )


def rows() -> Iterator[Finding]:
    """What so many rows lack that it is hardly theirs: more likely the adapter, or rows that it has not read again."""
    for found in quality(timezone.now()).found:
        if found.check.key not in _MAPPED or found.share < found.check.worst:
            continue
        yield Finding(
            f"data.{found.check.key}",
            "look",
            f"{found.check.label}: {found.bad:,} of {found.rows:,}. {found.check.harms}",
            f"{found.check.remedy} After a change of the adapter run manage.py insights_sync.",
        )


def _has_orders() -> bool:
    try:
        return Order.objects.exists()
    except DatabaseError:
        return False
