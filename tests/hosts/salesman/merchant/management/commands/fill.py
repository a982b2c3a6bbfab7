"""Two years of a shop of Salesman's, the same each time: guests, two currencies, two types of products, refunds."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from salesman.basket.models import Basket
from salesman.orders.models import OrderItem, OrderPayment

from merchant.models import Book, Lamp, Order

CUSTOMERS, ORDERS = 240, 900
STATUSES = ["COMPLETED"] * 14 + ["SHIPPED", "PROCESSING", "HOLD", "NEW", "CREATED", "CANCELLED", "FAILED", "REFUNDED"]


class Command(BaseCommand):
    @transaction.atomic
    def handle(self, *args, **options):
        dice, stranger = Random(11), SimpleNamespace(user=AnonymousUser())
        now = timezone.now()
        User.objects.bulk_create(
            User(
                username=f"u{n}", email=f"person{n}@example.com", date_joined=now - timedelta(days=dice.random() * 700)
            )
            for n in range(CUSTOMERS)
        )
        people = list(User.objects.order_by("pk"))
        boss = User.objects.create_superuser("boss", "boss@example.com", "secret")
        products = [
            Book.objects.create(
                name=f"Book {n}",
                code=f"book-{n}",
                publisher=f"House {n % 4}",
                price=Decimal(dice.randint(500, 4000)) / 100,
            )
            for n in range(30)
        ]
        products += [Lamp.objects.create(name=f"Lamp {n}", watts=5 + n) for n in range(10)]
        types = {model: ContentType.objects.get_for_model(model) for model in (Book, Lamp)}
        for n in range(ORDERS):
            guest = n % 8 == 0
            often = int(dice.paretovariate(1.1) * 9) % CUSTOMERS
            person = None if guest else boss if n % 140 == 1 else people[often if n % 3 else n // 3 % CUSTOMERS]
            email = (
                (f"guest{n % 40}@example.org" if n % 16 else f"Person{n % 30}@Example.com") if guest else person.email
            )
            order = Order.objects.create(
                ref=f"{2024 + n % 3}-{n:05}",
                user=person,
                email=email,
                status=STATUSES[n % len(STATUSES)],
                currency="USD" if n % 6 == 0 else "EUR",
            )
            total = Decimal(0)
            for product in dice.sample(products, dice.randint(1, 4)):
                price, quantity = Decimal(product.get_price(stranger)), dice.randint(1, 3)
                off = Decimal("0.50") if n % 10 == 0 else Decimal(0)
                OrderItem.objects.create(
                    order=order,
                    product_type=product._meta.label,
                    product_content_type=types[type(product)],
                    product_id=product.pk,
                    product_data={"name": product.name, "code": product.code},
                    unit_price=price,
                    subtotal=price * quantity,
                    total=price * quantity - off,
                    quantity=quantity,
                )
                total += price * quantity - off
            order.subtotal, order.total = total, total + Decimal("4.90")
            order.save()
            order.pay(order.total, f"paid-{n}", "card")
            if n % 17 == 4:
                order.pay(Decimal("-2.25"), f"back-{n}", "card")
            if n % 41 == 6:
                order.pay(-order.total, f"all-back-{n}", "card")
            moment = now - timedelta(days=dice.random() * 700 + 1)
            Order.objects.filter(pk=order.pk).update(date_created=moment, date_updated=moment)
            OrderPayment.objects.filter(order=order).update(date_created=moment + timedelta(hours=3))
        for n in range(40):
            basket = Basket.objects.create(user=people[n] if n % 2 else None)
            basket.add(products[n if n != 5 else 6], quantity=2)
        people[3].delete()
        products[5].delete()
