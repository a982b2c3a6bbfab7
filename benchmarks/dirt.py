"""The dirty rows of the simulated shop against what cleaning found: ``python -m benchmarks.dirt``.

Needs a demo that was simulated and synced (``make demo ARGS="--no-serve"``). The rows that are wrong on purpose are
told from the shop's own tables by what was done to them, and their number is checked with the simulator's own.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

Keys = set[str]


def main() -> None:
    """Print, for each kind of dirt, how many rows were planted and found, precision and recall."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_demo.settings")
    import django

    django.setup()
    from django.conf import settings

    from shop_demo.simulator import Truth

    dirt = Truth.load(settings.VAR / "simulator").facts["dirt"]
    print(f"{'':22}{'planted':>9}{'there':>8}{'found':>8}{'precision':>11}{'recall':>9}")
    planted_all = found_all = both_all = 0
    for name, (planted, found) in KINDS.items():
        there, ours = planted(), found()
        both = len(there & ours)
        planted_all, found_all, both_all = planted_all + len(there), found_all + len(ours), both_all + both
        print(
            f"{name:22}{dirt[name]:>9,}{len(there):>8,}{len(ours):>8,}"
            f"{_share(both, len(ours)):>11}{_share(both, len(there)):>9}"
        )
    precision, recall = _share(both_all, found_all), _share(both_all, planted_all)
    print(
        f"{'all':22}{sum(dirt[name] for name in KINDS):>9,}{planted_all:>8,}{found_all:>8,}{precision:>11}{recall:>9}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def _orders(**having: Any) -> Keys:
    from shop_demo.models import Order

    return set(Order.objects.filter(**having).values_list("number", flat=True))


def _lines(**having: Any) -> Keys:
    from shop_demo.models import OrderLine

    return {str(pk) for pk in OrderLine.objects.filter(**having).values_list("pk", flat=True)}


def _second_lines() -> Keys:
    """Lines that equal an earlier one of their order."""
    from shop_demo.models import OrderLine

    rows = OrderLine.objects.order_by("pk").values_list(
        "pk", "order", "sku", "name", "quantity", "unit_price", "discount"
    )
    seen: Counter[tuple[Any, ...]] = Counter()
    again = set()
    for pk, *said in rows.iterator():
        if seen[tuple(said)]:
            again.add(str(pk))
        seen[tuple(said)] += 1
    return again


def _untidy() -> Keys:
    from shop_demo.models import Order

    return {number for number, email in Order.objects.values_list("number", "email") if email != email.strip().lower()}


def _tidied() -> Keys:
    """Orders whose customer's address differs from the shop's, as it stands there, by case and spaces alone.

    A rule that puts a value right leaves no mark on the row; what it did is seen in the person it was joined with.
    """
    from insights.models import Order
    from shop_demo.models import Order as Theirs

    said = dict(Theirs.objects.values_list("number", "email"))
    rows = Order.objects.exclude(customer=None).values_list("external_id", "customer__email")
    return {
        number
        for number, email in rows.iterator()
        if said.get(number) != email and said.get(number, "").strip().lower() == email
    }


def _second_events() -> Keys:
    """Events of a visit, of one name and product, a microsecond after another."""
    from datetime import timedelta

    from shop_demo.models import Event

    rows = list(
        Event.objects.exclude(session_key="")
        .filter(name="view_item")
        .values_list("event_id", "session_key", "product", "created_at")
    )
    there = {(session, product, moment) for _, session, product, moment in rows}
    step = timedelta(microseconds=1)
    return {str(uid) for uid, session, product, moment in rows if (session, product, moment - step) in there}


def _second_accounts() -> Keys:
    from django.conf import settings

    from shop_demo.simulator import Truth

    return {f"{one}|{other}" for one, other in Truth.load(settings.VAR / "simulator").facts["second_accounts"]}


def _suspected() -> Keys:
    """Pairs in the queue of duplicates."""
    from insights.models import DuplicatePair, PairState

    pairs = DuplicatePair.objects.filter(state=PairState.OPEN).values_list("first__external_id", "second__external_id")
    return {"|".join(sorted(pair, key=lambda key: (len(key), key))) for pair in pairs}


def _excluded(reason: str) -> Keys:
    from insights.models import Order

    return set(Order.objects.filter(excluded=reason).values_list("external_id", flat=True))


def _marked(rule: str) -> Keys:
    from django.db.models import TextField
    from django.db.models.functions import Cast

    from insights.models import OrderLine

    rows = OrderLine.objects.annotate(marks=Cast("flags", TextField())).filter(marks__contains=f'"{rule}"')
    return set(rows.values_list("external_id", flat=True))


def _aside(rule: str, kind: str) -> Keys:
    from insights.models import QuarantinedRow

    rows = QuarantinedRow.objects.filter(rule=rule, kind=kind, resolved_at=None)
    return set(rows.values_list("external_id", flat=True))


def _not_counted() -> Keys:
    from insights.models import Event

    rows = Event.objects.filter(counts=False, bot="", name="view_item")
    return {str(uid) for uid in rows.values_list("event_id", flat=True)}


KINDS: dict[str, tuple[Callable[[], Keys], Callable[[], Keys]]] = {
    "duplicate_line": (_second_lines, lambda: _marked("duplicate_line")),
    "untidy_email": (_untidy, _tidied),
    "unknown_currency": (lambda: _orders(currency="XQZ"), lambda: _excluded("no_rate")),
    "test": (lambda: _orders(is_test=True), lambda: _excluded("test")),
    "impossible_date": (
        lambda: _orders(placed_at__year=1970),
        lambda: _aside("impossible_date", "orders"),
    ),
    "return_without_sale": (
        lambda: _lines(quantity=-99),
        lambda: _aside("return_without_sale", "order_lines"),
    ),
    "price_not_positive": (lambda: _lines(unit_price=0), lambda: _marked("price_not_positive")),
    "quantity_outlier": (lambda: _lines(quantity=300), lambda: _marked("quantity_outlier")),
    "staff": (lambda: _orders(user__is_staff=True), lambda: _excluded("staff")),
    "duplicate_event": (_second_events, _not_counted),
    "second_account": (_second_accounts, _suspected),
}
"""What was planted, by the shop's own tables, and what cleaning found, by ours."""


if __name__ == "__main__":
    main()
