"""What is known of the person in front of a list, as far as they allow it to be used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from insights.collect import Recognised, basket_of, recognise
from insights.conf import settings
from insights.consent import may_personalise
from insights.models import Customer, Event, OrderLine, Product

RECENT_DAYS = 30
"""How far back looking at a product says what somebody wants now."""
_MOST_LINES = 500
_MOST_EVENTS = 100
_HALF_LIFE_DAYS = 180
_LOOKS = ("view_item", "add_to_cart")


@dataclass(frozen=True)
class Interest:
    """That somebody took to a product, once."""

    product: int
    weight: float
    at: datetime
    bought: bool


@dataclass(frozen=True)
class Shopper:
    """One person and one place in the shop. Products are primary keys of parents.

    Attributes:
        customer: None for a stranger, and for whoever wants no personal suggestions.
        visit: the browser, likewise.
        product: what the page is about.
        channel: whose products are shown; None for any.
        basket: what is in the basket already, and needs no suggesting.
    """

    customer: Customer | None = None
    visit: Recognised | None = None
    product: Product | None = None
    channel: str | None = None
    basket: frozenset[int] = frozenset()
    now: datetime = field(default_factory=timezone.now)

    @cached_property
    def bought(self) -> list[Interest]:
        """What the customer bought, the latest first, each product once."""
        if self.customer is None:
            return []
        lines = (
            OrderLine.objects.filter(order__customer=self.customer, counts=True)
            .exclude(product=None)
            .order_by("-order__placed_at", "pk")
            .values_list(Coalesce("product__parent_id", "product_id"), "order__placed_at")
        )
        weight = settings.EVENT_WEIGHTS.purchase
        return self._gathered(((product, at, weight) for product, at in lines[:_MOST_LINES]), bought=True)

    @cached_property
    def looked(self) -> list[Interest]:
        """What the person looked at or put into the basket of late, the latest first, each product once."""
        theirs = Q()
        if self.visit is not None and self.visit.visitor is not None:
            theirs |= Q(visitor=self.visit.visitor)
        if self.visit is not None and self.visit.session_key:
            theirs |= Q(session_key=self.visit.session_key)
        if self.customer is not None:
            theirs |= Q(customer=self.customer)
        if not theirs:
            return []
        events = Event.objects.filter(
            theirs,
            name__in=_LOOKS,
            bot="",
            product__isnull=False,
            occurred_at__gte=self.now - timedelta(days=RECENT_DAYS),
        )
        rows = events.order_by("-occurred_at", "-pk").values_list(
            Coalesce("product__parent_id", "product_id"), "name", "occurred_at"
        )
        weights = settings.EVENT_WEIGHTS
        return self._gathered(
            ((product, at, getattr(weights, name)) for product, name, at in rows[:_MOST_EVENTS]), bought=False
        )

    @cached_property
    def interests(self) -> list[Interest]:
        """All of it; what was both looked at and bought counts as bought, with both weights."""
        found = {interest.product: interest for interest in self.bought}
        for interest in self.looked:
            had = found.get(interest.product)
            found[interest.product] = (
                replace(had, weight=had.weight + interest.weight, at=max(had.at, interest.at)) if had else interest
            )
        return list(found.values())

    @cached_property
    def shelf(self) -> int | None:
        """The category that a list without anything better should be about."""
        if self.product is not None:
            return self.product.category_id
        wanted = [interest.product for interest in (self.looked or self.bought)[:10]]
        shelves = dict(Product.objects.filter(pk__in=wanted).values_list("pk", "category_id"))
        counted = Counter(shelves[pk] for pk in wanted if shelves.get(pk))
        return counted.most_common(1)[0][0] if counted else None

    @property
    def seed(self) -> int | None:
        """The product that a list of similar ones starts from: the page's, else the last one of interest."""
        if self.product is not None:
            return self.product.pk
        latest = (self.looked or self.bought)[:1]
        return latest[0].product if latest else None

    def left_out(self, bought_days: int | None) -> set[int]:
        """Products not to be shown: the page's own, and what was bought in the last so many days (None is ever)."""
        out = {self.product.pk} if self.product else set()
        if bought_days != 0:
            since = None if bought_days is None else self.now - timedelta(days=bought_days)
            out |= {interest.product for interest in self.bought if since is None or interest.at >= since}
        return out

    def _gathered(self, facts: Iterable[tuple[int, datetime, float]], *, bought: bool) -> list[Interest]:
        """One interest a product, from facts with the latest first: as in training, each day counts once a kind."""
        latest: dict[int, datetime] = {}
        weights: defaultdict[int, float] = defaultdict(float)
        counted: set[tuple[int, date, float]] = set()
        for product, at, weight in facts:
            latest.setdefault(product, at)
            once = (product, timezone.localdate(at), weight)
            if once not in counted:
                counted.add(once)
                weights[product] += weight * self._fading(at)
        return [Interest(product, weights[product], at, bought) for product, at in latest.items()]

    def _fading(self, at: datetime) -> float:
        days = max(0.0, (self.now - at).total_seconds() / 86_400)
        return float(0.5 ** (days / _HALF_LIFE_DAYS))


def shopper_of(customer: Customer | None, product: Product | None, request: HttpRequest | None) -> Shopper:
    """The person whom a list is for, with nothing of theirs where they do not want it used.

    A browser that once signed in, and is signed out now, may stand in a family's kitchen: what it looked at is used,
    what its owner bought is not.
    """
    visit = recognise(request) if request is not None else None
    if customer is None and visit is not None:
        customer = visit.customer
    channel = product.channel if product else customer.channel if customer else _main_channel()
    basket = _basket(request) if request is not None else frozenset()
    if not may_personalise(request, customer):
        return Shopper(product=product, channel=channel, basket=basket)
    return Shopper(customer, visit, product, channel, basket)


def _basket(request: HttpRequest) -> frozenset[int]:
    """The products in the basket; of variants the parent."""
    held = basket_of(request)
    if not held:
        return frozenset()
    rows = Product.objects.filter(external_id__in={key for _, key in held}).values_list(
        "channel", "external_id", "pk", "parent"
    )
    return frozenset(parent or pk for channel, key, pk, parent in rows if (channel, key) in held)


def _main_channel() -> str | None:
    """The channel of the shop itself, where it has products."""
    from insights.exceptions import AdapterError
    from insights.sources import get_adapters

    try:
        names = [adapter.name for adapter in get_adapters()]
    except AdapterError:
        return None
    return names[0] if names and Product.objects.filter(channel=names[0]).exists() else None
