"""Two years of a shop of Oscar's, the same each time: guests, two currencies, variants, refunds, deleted people."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from oscar.core.loading import get_model

User = get_user_model()
Category, Product, ProductClass = (get_model("catalogue", name) for name in ("Category", "Product", "ProductClass"))
ProductCategory = get_model("catalogue", "ProductCategory")
Partner, StockRecord = get_model("partner", "Partner"), get_model("partner", "StockRecord")
Order, Line = get_model("order", "Order"), get_model("order", "Line")
Country, ShippingAddress = get_model("address", "Country"), get_model("order", "ShippingAddress")
Source, SourceType = get_model("payment", "Source"), get_model("payment", "SourceType")
Basket, BasketLine = get_model("basket", "Basket"), get_model("basket", "Line")
Review = get_model("reviews", "ProductReview")
View, Search = get_model("analytics", "UserProductView"), get_model("analytics", "UserSearch")
UserAddress = get_model("address", "UserAddress")

CUSTOMERS, ORDERS = 260, 900


class Command(BaseCommand):
    @transaction.atomic
    def handle(self, *args, **options):
        self.dice = Random(7)
        self.now = timezone.now().replace(minute=0, second=0, microsecond=0)
        self.people()
        self.catalogue()
        self.orders()
        self.behaviour()
        self.deletions()

    def ago(self, most=700):
        return self.now - timedelta(days=self.dice.random() * most + 1)

    def people(self):
        self.britain = Country.objects.create(
            iso_3166_1_a2="GB", printable_name="United Kingdom", is_shipping_country=True
        )
        people = [
            User(
                username=f"u{n}",
                email=f"person{n}@example.com",
                first_name="Pat",
                last_name=f"No{n}",
                date_joined=self.ago(),
            )
            for n in range(CUSTOMERS)
        ]
        User.objects.bulk_create(people)
        self.users = list(User.objects.order_by("pk"))
        self.staff = User.objects.create_superuser("boss", "boss@example.com", "secret", is_staff=True)
        for person in self.users[:20]:
            UserAddress.objects.create(
                user=person,
                country=self.britain,
                first_name="Pat",
                last_name="No",
                line1="1 Road",
                line4="Leeds",
                postcode="LS1 1AA",
            )

    def catalogue(self):
        kind = ProductClass.objects.create(name="Goods", track_stock=True)
        voucher = ProductClass.objects.create(name="Vouchers", track_stock=False, requires_shipping=False)
        home = Category.add_root(name="Home")
        garden = Category.add_root(name="Garden")
        leaves = [home.add_child(name="Kitchen"), home.add_child(name="Bath"), garden.add_child(name="Tools")]
        partner = Partner.objects.create(name="Frob", code="frob")
        self.sold = []
        for n in range(40):
            parent = n % 4 == 0
            product = Product.objects.create(
                structure="parent" if parent else "standalone",
                title=f"Thing {n}",
                product_class=voucher if n == 39 else kind,
                upc=f"upc-{n}",
            )
            ProductCategory.objects.create(product=product, category=leaves[n % 3])
            if n % 7 == 0:
                ProductCategory.objects.create(product=product, category=home)
            variants = [product]
            if parent:
                variants = [
                    Product.objects.create(
                        structure="child", parent=product, title=title, upc=f"upc-{n}-{title or 'plain'}"
                    )
                    for title in ("", "Large")
                ]
            for variant in variants:
                price = Decimal(self.dice.randint(300, 9000)) / 100
                for currency, rate in (("EUR", Decimal("1.2")), ("GBP", Decimal(1))):
                    StockRecord.objects.create(
                        product=variant,
                        partner=partner,
                        partner_sku=f"{variant.upc}-{currency}",
                        price_currency=currency,
                        price=(price * rate).quantize(Decimal("0.01")),
                        num_in_stock=None if n == 39 else 1000,
                        num_allocated=None if n == 39 else 5,
                    )
                self.sold.append((variant, price))
        self.gone = Product.objects.create(structure="standalone", title="Gone", product_class=kind, upc="gone")
        self.sold.append((self.gone, Decimal("12.50")))

    def orders(self):
        card = SourceType.objects.create(name="Card", code="card")
        address = ShippingAddress.objects.create(
            country=self.britain,
            first_name="Pat",
            last_name="No",
            line1="1 Road",
            line4="York",
            state="Yorkshire",
            postcode="YO1 1AA",
        )
        for n in range(ORDERS):
            guest = n % 9 == 0
            often = int(self.dice.paretovariate(1.1) * 9) % CUSTOMERS
            person = (
                None if guest else self.staff if n % 150 == 1 else self.users[often if n % 3 else n // 3 % CUSTOMERS]
            )
            currency = "EUR" if n % 5 == 0 else "GBP"
            chosen = self.dice.sample(self.sold, self.dice.randint(1, 4))
            quantities = [self.dice.randint(1, 3) for _ in chosen]
            nets = [price * quantity for (_, price), quantity in zip(chosen, quantities, strict=True)]
            off = Decimal("1.00") if n % 11 == 0 else Decimal(0)
            shipping = Decimal("3.95")
            total = sum(nets) - off * len(nets) + shipping
            status = {0: "Cancelled", 1: "Refunded", 2: ""}.get(n % 23, "Complete")
            placed = self.ago()
            order = Order.objects.create(
                number=f"A-{n:05}",
                user=person,
                guest_email=self.guest(n) if guest else "",
                currency=currency,
                total_incl_tax=total,
                total_excl_tax=(total / Decimal("1.2")).quantize(Decimal("0.01")),
                shipping_incl_tax=shipping,
                shipping_excl_tax=shipping,
                status=status,
                date_placed=placed,
                shipping_address=address,
            )
            Line.objects.bulk_create(
                Line(
                    order=order,
                    product=product,
                    title=product.get_title(),
                    upc=product.upc,
                    partner_sku=product.upc,
                    quantity=quantity,
                    num_allocated=0,
                    line_price_incl_tax=net - off,
                    line_price_excl_tax=net - off,
                    line_price_before_discounts_incl_tax=net,
                    line_price_before_discounts_excl_tax=net,
                    unit_price_incl_tax=price,
                    unit_price_excl_tax=price,
                )
                for (product, price), quantity, net in zip(chosen, quantities, nets, strict=True)
            )
            source = Source.objects.create(
                order=order, source_type=card, currency=currency, amount_allocated=total, amount_debited=total
            )
            if n % 13 == 5:
                source.refund(Decimal("2.50"))
            if n % 29 == 7:
                source.amount_refunded = total  # by hand, so without a transaction
                source.save()
            if n % 37 == 3:
                Source.objects.create(order=order, source_type=card, currency=currency).refund(Decimal("0.75"))

    def guest(self, n):
        """Some of them have an account, and write its address in another way."""
        return f"Person{n % 30}@Example.com" if n % 2 else f"guest{n % 40}@example.org"

    def behaviour(self):
        products = list(Product.objects.exclude(structure="child"))
        View.objects.bulk_create(
            View(user=self.dice.choice(self.users), product=self.dice.choice(products)) for _ in range(1500)
        )
        Search.objects.bulk_create(
            Search(user=self.dice.choice(self.users), query=self.dice.choice(["thing", "", "large thing", "kitchen"]))
            for _ in range(200)
        )
        for model in (View, Search):
            rows = list(model.objects.all())
            for row in rows:
                row.date_created = self.ago(200)
            model.objects.bulk_update(rows, ["date_created"], batch_size=200)
        for n in range(120):
            Review.objects.create(
                product=products[n % 30],
                user=self.users[n],
                score=n % 6,
                title="So it is",
                body="<b>fine</b>",
                status=(1, 1, 0, 2)[n % 4],
            )
        record = StockRecord.objects.filter(price_currency="GBP").select_related("product")
        for n, stock in enumerate(record[:40]):
            basket = Basket.objects.create(owner=self.users[n] if n % 2 else None, status="Open")
            BasketLine.objects.create(
                basket=basket,
                line_reference=f"{stock.pk}",
                product=stock.product,
                stockrecord=stock,
                quantity=2,
                price_currency="GBP",
                price_excl_tax=stock.price,
                price_incl_tax=stock.price,
            )

    def deletions(self):
        for person in self.users[5:9]:
            person.delete()
        self.gone.delete()
