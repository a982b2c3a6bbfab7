"""Goes through the shop as people do, and prints what was seen as one JSON object."""

import json
from decimal import Decimal

from celery import Celery
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management.base import BaseCommand
from django.db import transaction
from django.test import Client
from oscar.apps.shipping.methods import Free
from oscar.core.loading import get_class, get_model

from insights import models as ours
from insights import tasks
from insights.collect import host_key
from insights.contrib.oscar import price_with_tax
from tests.hosts.clock import of_checkouts

User = get_user_model()
Basket, Order, Product = get_model("basket", "Basket"), get_model("order", "Order"), get_model("catalogue", "Product")


class Command(BaseCommand):
    def handle(self, *args, **options):
        found = {**self.pages(), **self.live(), "milliseconds": of_checkouts(self.buy)}
        self.stdout.write(json.dumps(found))

    def pages(self):
        parent = Product.objects.filter(structure="parent").first()
        child = parent.children.first()
        stranger, boss, clerk = Client(), Client(), Client()
        boss.force_login(User.objects.get(username="boss"), "django.contrib.auth.backends.ModelBackend")
        helper = User.objects.create_user("clerk", "clerk@example.com", is_staff=True)
        helper.user_permissions.add(Permission.objects.get(content_type__app_label="auth", codename="view_user"))
        clerk.force_login(helper, "django.contrib.auth.backends.ModelBackend")
        buyer = ours.CustomerState.objects.current().exclude(churn_probability=None).first().customer
        page = stranger.get(parent.get_absolute_url()).content.decode()
        home = boss.get("/dashboard/").content.decode()
        found = {
            "lists": page.count("<insights-list"),
            "beacon": "insights/beacon.js" in page and f'data-product="{parent.pk}"' in page,
            "child_lists": stranger.get(child.get_absolute_url()).content.decode().count("<insights-list"),
            "basket_lists": stranger.get("/basket/").content.decode().count("<insights-list"),
            "entry": 'href="/admin/insights/"' in home,
            "entry_once": home.count('href="/admin/insights/"'),
            "panel": boss.get("/admin/insights/").status_code,
            "card": "May not come back" in boss.get(f"/dashboard/users/{buyer.external_id}/").content.decode(),
            "clerk": clerk.get("/dashboard/").status_code,
            "clerk_entry": "/admin/insights/" in clerk.get("/dashboard/").content.decode(),
            "clerk_page": clerk.get(f"/dashboard/users/{buyer.external_id}/").status_code,
            "clerk_card": "May not come back" in clerk.get(f"/dashboard/users/{buyer.external_id}/").content.decode(),
        }
        helper.user_permissions.add(
            Permission.objects.get(content_type__app_label="insights", codename="view_insights")
        )
        return found | {
            "clerk_allowed": "/admin/insights/" in clerk.get("/dashboard/").content.decode(),
            "taxed": [
                str(price_with_tax(child)),
                price_with_tax(parent),
                price_with_tax(Product.objects.create(title="New")),
            ],
            "stocked": str(child.stockrecords.first().price),
            "key_of_child": host_key("products", child),
        }

    def live(self):
        celery = Celery("frobshop", broker="memory://")
        celery.set_default()
        celery.conf.task_always_eager = True
        celery.autodiscover_tasks(["insights"], force=True)
        order = self.buy("LIVE-1")
        kept = ours.Order.objects.filter(external_id="LIVE-1").first()
        found = {"live": bool(kept and kept.counts), "live_lines": kept.lines.count() if kept else 0}
        order.set_status("Cancelled")
        found["live_cancelled"] = ours.Order.objects.get(external_id="LIVE-1").is_cancelled
        source = get_model("payment", "Source").objects.filter(amount_refunded=0).first()
        source.refund(Decimal("1.50"))
        found["live_refund"] = str(ours.Refund.objects.get(external_id=str(source.pk)).amount)
        celery.conf.task_always_eager = False
        send, tasks.hint = tasks.hint, lambda *_: 1 / 0
        try:
            self.buy("LIVE-2")
        finally:
            tasks.hint = send
        return found | {"shop_goes_on": Order.objects.filter(number="LIVE-2").exists()}

    def buy(self, number):
        """Order the way Oscar's checkout does, within one transaction."""
        Selector, Calculator = (
            get_class("partner.strategy", "Selector"),
            get_class("checkout.calculators", "OrderTotalCalculator"),
        )
        with transaction.atomic():
            basket = Basket.objects.create(owner=User.objects.get(username="u40"))
            basket.strategy = Selector().strategy()
            for product in Product.objects.filter(structure="standalone", product_class__track_stock=True)[:3]:
                basket.add_product(product, 2)
            method = Free()
            total = Calculator().calculate(basket, method.calculate(basket))
            return get_class("order.utils", "OrderCreator")().place_order(
                basket, total, method, method.calculate(basket), user=basket.owner, order_number=number
            )
