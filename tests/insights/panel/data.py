"""Canonical rows of a small tea shop, made directly, so that the panel can be tested and looked at alone."""

from __future__ import annotations

import math
import random
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from insights.models import (
    STATE_SLOT,
    AdSpend,
    Category,
    Customer,
    CustomerState,
    DuplicatePair,
    Event,
    ModelVersion,
    Order,
    OrderLine,
    Product,
    Publication,
    QuarantinedRow,
    Rating,
    Refund,
    Run,
    RunState,
    RunStep,
    SyncCursor,
    Visit,
    Visitor,
)
from insights.vocabulary import churn_band

CATALOG = {
    "Green tea": [("Dragon Well, spring pick", 18), ("Anji Bai Cha, 50 g", 18), ("Sencha, 100 g", 14)],
    "Oolong": [("Tieguanyin, 50 g", 16), ("Oriental Beauty, 50 g", 24)],
    "Black tea": [("Keemun, 100 g", 12), ("Lapsang Souchong, 100 g", 13)],
    "Teaware": [("Celadon gaiwan, 120 ml", 34), ("Fair cup, 200 ml", 22), ("Bamboo whisk", 15)],
    "Gift boxes": [("Four seasons box", 48)],
}
NAMES = [
    "Tom Ashdown", "Priya Nair", "林悦", "Marta Silva", "周子涵", "Ada Brook", "陈嘉宁", "Jon Hale", "Zoë Lind",
    "Omar Said", "Ruth Kell", "王思远", "Ines Costa", "Paul Fenn", "Lea Vogt", "Sam O’Neil",
]  # fmt: skip
HORIZONS = {"churn": 60, "purchase": 30}
COUNTRIES = ["United Kingdom", "Germany", "France", "China", ""]


def at(day: date, hour: int = 12) -> datetime:
    """A moment of a day, in the shop's zone."""
    return timezone.make_aware(datetime.combine(day, time(hour, 15)))


def shop(customers: int = 40, days: int = 120, *, today: date | None = None, seed: int = 3, first: int = 1001) -> None:
    """A catalogue, customers numbered from ``first`` on, and what they did up to and including today."""
    rng = random.Random(seed)
    today = today or timezone.localdate()
    products = list(Product.objects.all()) or _catalog()
    for number in range(customers):
        _customer(rng, first + number - 1001, products, today, days)


def _catalog() -> list[Product]:
    products = []
    for name, goods in CATALOG.items():
        category = Category.objects.create(external_id=name.lower(), name=name, path=name)
        products += [
            Product.objects.create(
                external_id=f"SKU-{len(products) + place}", name=title, category=category,
                price=Decimal(price), currency="GBP", stock=Decimal(12),
            )
            for place, (title, price) in enumerate(goods)
        ]  # fmt: skip
    return products


def _customer(rng: random.Random, number: int, products: list[Product], today: date, days: int) -> None:
    gap = rng.choice([9, 14, 21, 30, 45, 80])
    start = today - timedelta(days=rng.randrange(5, days))
    stop = today - timedelta(days=rng.choice([0, 0, 0, 25, 60]))
    name = NAMES[number % len(NAMES)]
    customer = Customer.objects.create(
        external_id=str(1001 + number), name=name, email=f"{'abcdefgh'[number % 8]}{number}@example.com",
        country=rng.choice(COUNTRIES), joined_at=at(start), language="zh-hans" if ord(name[0]) > 0x2E7F else "en",
        accepts_marketing=rng.choice([True, True, False, None]), is_guest=number % 9 == 8,
    )  # fmt: skip
    liked = rng.sample(products, 3)
    visitor = Visitor.objects.create(
        key=uuid.UUID(int=number + 1).hex, customer=customer, first_seen=at(start), last_seen=at(stop)
    )
    day, placed = start, 0
    while day <= stop or not placed:
        _order(rng, customer, f"{20000 + number * 100 + placed}", day, liked, placed)
        _visit(rng, customer, visitor, day, liked)
        placed += 1
        day += timedelta(days=max(2, round(rng.gauss(gap, gap / 4))))
    if number % 3 == 0:
        Rating.objects.create(
            external_id=f"r{number}", customer=customer, product=liked[0], value=rng.choice([3.0, 4.0, 5.0]),
            title="Lovely", occurred_at=at(start + timedelta(days=1)), local_date=start + timedelta(days=1),
        )  # fmt: skip
    first = Order.objects.filter(customer=customer, counts=True).order_by("placed_at").first()
    Customer.objects.filter(pk=customer.pk).update(first_order_date=first.local_date if first else None)


def _order(rng: random.Random, customer: Customer, number: str, day: date, liked: list[Product], placed: int) -> None:
    cancelled = rng.random() < 0.04
    bought = rng.sample(liked, rng.choice([1, 1, 2]))
    total = sum((product.price or Decimal(0) for product in bought), Decimal(0)) + Decimal("3.50")
    order = Order.objects.create(
        external_id=number, customer=customer, placed_at=at(day, 9 + placed % 12), status="paid", currency="GBP",
        total=total, base_total=total, rate=1, counts=not cancelled, excluded="cancelled" if cancelled else "",
        excluded_at=at(day, 23) if cancelled else None, is_cancelled=cancelled,
        local_date=day, local_hour=9 + placed % 12, country=customer.country, city="London",
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(
            external_id=f"{number}-{place}", order=order, product=product, product_name=product.name,
            quantity=Decimal(1), unit_price=product.price, net_amount=product.price, base_amount=product.price,
            counts=not cancelled,
        )
        for place, product in enumerate(bought)
    )  # fmt: skip
    if not cancelled and rng.random() < 0.05:
        Refund.objects.create(
            external_id=f"f{number}", order=order, amount=Decimal(5), base_amount=Decimal(5), counts=True,
            occurred_at=at(day + timedelta(days=1)), local_date=day + timedelta(days=1), reason="chipped",
        )  # fmt: skip


def _visit(rng: random.Random, customer: Customer, visitor: Visitor, day: date, liked: list[Product]) -> None:
    looked = rng.sample(liked, 2)
    Event.objects.bulk_create(
        Event(
            event_id=uuid.UUID(int=rng.getrandbits(128), version=4), name=name, occurred_at=at(day, 9), local_date=day,
            visitor=visitor, customer=customer, product=product, session_key=f"{visitor.key}{day:%y%m%d}",
        )
        for name, product in [("view_item", looked[0]), ("view_item", looked[1]), ("add_to_cart", looked[0])]
    )  # fmt: skip
    Visit.objects.create(
        visitor=visitor, customer=customer, session_key=f"{visitor.key}{day:%y%m%d}", started_at=at(day, 9),
        ended_at=at(day, 9) + timedelta(minutes=8), views=2, carts=1, purchases=1, page_views=6, local_date=day,
    )  # fmt: skip


def _segment(r: int, f: int) -> str:
    if r >= 4:
        return {5: "champions", 4: "loyal", 3: "potential_loyalists", 2: "promising"}.get(f, "new")
    if r == 3:
        return "need_attention" if f >= 3 else "about_to_sleep"
    return "cannot_lose" if f == 5 else "at_risk" if f >= 3 else "hibernating" if r == 2 else "lost"


def trained(*, today: date | None = None, age_days: int = 0) -> Run:
    """A finished training with its versions, and a published state of every customer."""
    today = today or timezone.localdate()
    # Before six it was just now: what a test does after it comes later.
    as_of = min(at(today, 6), timezone.now()) - timedelta(days=age_days)
    run = Run.objects.create(
        kind="training", families=["segmentation", "prediction", "factorization"], state=RunState.DONE, as_of=as_of,
        started_at=as_of, finished_at=as_of + timedelta(seconds=74), progress=1.0, requested_by="maya",
    )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(created_at=as_of)
    for position, name in enumerate(["snapshot", "segmentation", "prediction", "factorization", "publish"]):
        RunStep.objects.create(
            run=run, name=name, position=position, state=RunState.DONE, progress=1.0,
            started_at=as_of + timedelta(seconds=12 * position), finished_at=as_of + timedelta(seconds=12 * position + 11),
        )  # fmt: skip
    for slot, family, recipe in [
        ("segmentation", "segmentation", "rfm"), ("churn", "prediction", "gradient_boosting"),
        ("purchase", "prediction", "softmax"), ("lifetime", "prediction", "beta_geo"),
        ("ratings", "factorization", "biased_mf"), ("implicit", "factorization", "implicit_als"),
    ]:  # fmt: skip
        version = _version(run, slot, family, recipe, as_of)
        Publication.objects.update_or_create(slot=slot, defaults={"version": version, "changed_by": "maya"})
    _states(run, today)
    Publication.objects.update_or_create(slot=STATE_SLOT, defaults={"generation": run})
    return run


def _version(run: Run, slot: str, family: str, recipe: str, as_of: datetime) -> ModelVersion:
    rows = [("recency_rule", 0.70, 0.66, 0.71, 0.60), ("softmax", 0.78, 0.74, 0.83, 0.49), ("tree", 0.75, 0.70, 0.79, 0.55),
            ("forest", 0.79, 0.76, 0.85, 0.47), ("gradient_boosting", 0.81, 0.78, 0.87, 0.44)]  # fmt: skip
    comparison = [
        {"model": name, "accuracy": accuracy, "precision": f1 + 0.02, "recall": f1 - 0.02, "f1": f1, "auc": auc,
         "average_precision": auc - 0.05, "log_loss": loss, "brier": loss / 3, "ece": 0.03, "threshold": 0.5, "seconds": 1.2}
        for name, accuracy, f1, auc, loss in rows
    ]  # fmt: skip
    calibration = [
        {"low": n / 10, "high": (n + 1) / 10, "count": 10 + 6 * abs(5 - n), "predicted": n / 10 + 0.05,
         "observed": min(1.0, max(0.0, n / 10 + 0.05 + 0.03 * math.sin(n)))}
        for n in range(10)
    ]  # fmt: skip
    predicts = slot in {"churn", "purchase"}
    metrics: dict[str, object] = {"ndcg@10": 0.184, "recall@10": 0.21}
    if predicts:
        metrics = {
            **{key: value for key, value in comparison[-1].items() if key != "model"},
            "calibration": calibration,
        }
    earlier = ModelVersion.objects.filter(slot=slot).count()
    return ModelVersion.objects.create(
        slot=slot, number=earlier + 1, run=run, family=family, recipe=recipe, as_of=as_of, rows=1840, seconds=8.4,
        data_from=as_of - timedelta(days=365), parameters={"horizon_days": HORIZONS[slot]} if predicts else {}, metrics=metrics, published_at=as_of,
        baseline=comparison[0] if predicts else {"ndcg@10": 0.121}, comparison=comparison if predicts else [],
        verdict="Better than the recency rule: AUC 0.87 against 0.71.",
    )  # fmt: skip


def _states(run: Run, today: date) -> None:
    rng = random.Random(11)
    for customer in Customer.objects.order_by("pk"):
        state_of(customer, run, today=today, rng=rng)


def state_of(
    customer: Customer, run: Run, *, today: date | None = None, rng: random.Random | None = None, **changes: object
) -> CustomerState | None:
    """What a training says of a customer; nothing of one without an order."""
    today, rng = today or timezone.localdate(), rng or random.Random(5)
    orders = list(Order.objects.filter(customer=customer, counts=True).order_by("placed_at"))
    if not orders:
        return None
    recency = (today - (orders[-1].local_date or today)).days
    r, f = max(1, 5 - recency // 15), min(5, 1 + len(orders) // 2)
    spent = sum((order.base_total or Decimal(0) for order in orders), Decimal(0))
    churn = min(0.97, max(0.03, recency / 90 + rng.uniform(-0.1, 0.1)))
    said: dict[str, object] = {
        "recency_days": recency, "frequency": len(orders), "monetary": spent, "as_of": run.as_of,
        "r": r, "f": f, "m": min(5, 1 + int(spent // 80)), "segment": _segment(r, f),
        "rfm_type": "high_value" if r > 3 and f > 2 else "general_win_back", "cluster": len(orders) % 3,
        "churn_probability": churn, "churn_low": max(0.0, churn - 0.08), "churn_high": min(1.0, churn + 0.08),
        "churn_band": churn_band(churn),
        "churn_reasons": [
            {"feature": "recency_days", "value": recency, "typical": 31, "contribution": churn - 0.38},
            {"feature": "orders", "value": len(orders), "typical": 3, "contribution": -0.06},
        ],
        "purchase_probability": 1 - churn, "alive_probability": 1 - churn / 2,
        "next_order_from": today + timedelta(days=4), "next_order_expected": today + timedelta(days=9),
        "next_order_to": today + timedelta(days=17), "value_30": spent / 12, "value_90": spent / 5, "value_180": spent / 3,
        "value_365": spent / 2, "value_band": "top" if spent > 300 else "middle",
    }  # fmt: skip
    return CustomerState.objects.create(generation=run, customer=customer, **(said | changes))


def synced(*, today: date | None = None) -> Run:
    """A finished sync with its report, cursors and three rows in quarantine."""
    today = today or timezone.localdate()
    run = Run.objects.create(
        kind="sync", state=RunState.DONE, progress=1.0, started_at=at(today, 6), finished_at=at(today, 6) + timedelta(seconds=9),
        report={
            "adapter": "shop",
            "kinds": {
                "customers": {"read": 40, "created": 2, "updated": 1, "unchanged": 37, "deleted": 0, "quarantined": 0},
                "orders": {"read": 212, "created": 9, "updated": 3, "unchanged": 200, "deleted": 1, "quarantined": 2},
            },
            "cleaning": {"duplicate_line": 4, "unknown_currency": 2},
            "seconds": 9.1,
        },
    )  # fmt: skip
    for kind in ("customers", "orders"):
        SyncCursor.objects.create(channel="shop", kind=kind, watermark={"value": "2026-01-01T00:00:00Z"})
    for number in range(3):
        QuarantinedRow.objects.create(
            channel="shop", kind="orders", external_id=f"Q{number}", rule="unknown_currency" if number else "impossible_date",
            reason="The currency XQZ has no rate in INSIGHTS['RATES'].",
            row={"external_id": f"Q{number}", "email": "someone@example.com", "name": "Some One", "total": "12.50"},
        )  # fmt: skip
    return run


def waiting(state: str = RunState.QUEUED, **values: object) -> Run:
    """A training that waits, runs, failed or was refused."""
    run = Run.objects.create(kind="training", families=["segmentation"], state=state, requested_by="maya", **values)
    RunStep.objects.create(run=run, name="segmentation", position=0, state=state)
    return run


def advertised() -> None:
    """What was spent on two campaigns, of which visits and orders came, and a crawler that was here."""
    today = timezone.localdate()
    led = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "teaware"}
    Visit.objects.update(**led, traffic="paid_search")
    Order.objects.update(traffic="paid_search", touch_source="google", touch_medium="cpc", touch_campaign="teaware")
    Customer.objects.exclude(first_order_date=None).update(first_traffic="paid_search")
    AdSpend.objects.bulk_create(
        AdSpend(
            external_id=f"{source}{back}", day=today - timedelta(days=back), source=source, medium="cpc", traffic=traffic,
            campaign=campaign, currency="GBP", cost=Decimal(cost), base_cost=Decimal(cost),
        )
        for back in range(1, 60)
        for source, campaign, traffic, cost in (
            ("google", "teaware", "paid_search", "4.20"), ("weibo", "gifts", "paid_social", "3.10"),
        )
    )  # fmt: skip
    for place in range(6):
        moment = at(today - timedelta(days=1 + place))
        Event.objects.create(
            event_id=uuid.uuid4(), name="page_view", occurred_at=moment, local_date=timezone.localdate(moment),
            session_key=f"crawl{place % 2}", page=f"/tea/{place}", bot="crawler" if place % 2 else "ai_crawler",
            counts=False,
        )  # fmt: skip


def twice() -> None:
    """Two pairs of customers who may be one: the first two, and another one with a name without end."""
    one, other, third = Customer.objects.order_by("pk")[:3]
    Customer.objects.filter(pk=other.pk).update(name=f"{one.name[0]}. {one.name.split()[-1]}", phone="+44 20 7946 0000")
    lost = Customer.objects.create(
        external_id="guest:" + "7" * 24,
        name="Wolfeschlegelstein" * 8,
        email=f"{'wolf' * 15}@example.com",
        is_guest=True,
    )
    for first, second, score, reasons in (
        (one, other, 97, ["same_mailbox", "initials", "same_city", "other_phone"]),
        (third, lost, 63, ["same_phone", "other_name"]),
    ):
        DuplicatePair.objects.create(
            first=first, second=second, score=score, reasons=reasons, found_at=timezone.now(), checked_at=timezone.now()
        )
