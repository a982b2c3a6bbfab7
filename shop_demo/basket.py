"""The basket: in the session for visitors, in the database for accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest

from shop_demo.models import BasketItem, Coupon, Product

MOST = 99
"""The most of one product in a basket."""


@dataclass(frozen=True)
class Item:
    """A product and how many of it."""

    product: Product
    quantity: int

    @property
    def short(self) -> bool:
        """Whether there are fewer than wanted, or none for sale."""
        return not self.product.is_buyable or self.product.fits(self.quantity) < self.quantity


class Basket:
    """The basket of the one who asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.session: Any = request.session
        self.user: User | None = cast(User, request.user) if request.user.is_authenticated else None

    @property
    def quantities(self) -> dict[int, int]:
        """How many of which product, by its key, in the order in which they were added."""
        if self.user:
            return dict(BasketItem.objects.filter(user=self.user).values_list("product_id", "quantity"))
        return {int(key): quantity for key, quantity in self.session.get("basket", {}).items()}

    @property
    def count(self) -> int:
        """How many things there are."""
        if self.user:
            return BasketItem.objects.filter(user=self.user).aggregate(total=Sum("quantity"))["total"] or 0
        return sum(self.session.get("basket", {}).values())

    @property
    def items(self) -> list[Item]:
        """The products, less those that have left the catalogue."""
        quantities = self.quantities
        products = Product.objects.filter(pk__in=quantities, is_active=True, price__isnull=False).in_bulk()
        return [Item(products[key], quantity) for key, quantity in quantities.items() if key in products]

    def add(self, product: Product, quantity: int = 1) -> int:
        """Put in some more, as far as there are; returns how many were added."""
        before = self.quantities.get(product.pk, 0)
        return self.put(product, before + quantity) - before

    def put(self, product: Product, quantity: int) -> int:
        """Hold exactly ``quantity`` of a product, or as many as there are; returns how many. Zero takes it out."""
        held = product.fits(min(quantity, MOST)) if product.is_buyable else 0
        if self.user:
            if held > 0:
                BasketItem.objects.update_or_create(user=self.user, product=product, defaults={"quantity": held})
            else:
                BasketItem.objects.filter(user=self.user, product=product).delete()
            return held
        basket = self.session.setdefault("basket", {})
        if held > 0:
            basket[str(product.pk)] = held
        else:
            basket.pop(str(product.pk), None)
        self.session.modified = True
        return held

    def clear(self) -> None:
        """Take everything out, the coupon too."""
        if self.user:
            BasketItem.objects.filter(user=self.user).delete()
        self.session.pop("basket", None)
        self.session.pop("coupon", None)

    @property
    def coupon(self) -> Coupon | None:
        """The coupon that was entered, as long as it is good."""
        code = self.session.get("coupon")
        return Coupon.objects.filter(code=code, is_active=True).first() if code else None

    @coupon.setter
    def coupon(self, coupon: Coupon | None) -> None:
        if coupon:
            self.session["coupon"] = coupon.code
        else:
            self.session.pop("coupon", None)

    @transaction.atomic
    def take_over(self) -> None:
        """Move what was gathered before signing in to the account; of one product the larger number stays."""
        gathered: dict[str, int] = self.session.pop("basket", {})
        if not gathered or not self.user:
            return
        held = self.quantities
        for product in Product.objects.filter(pk__in=gathered):
            self.put(product, max(gathered[str(product.pk)], held.get(product.pk, 0)))
