"""Goes through the shop as people do, and prints what was seen as one JSON object."""

import json

from celery import Celery
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction
from django.test import Client, RequestFactory
from salesman.basket.models import Basket

from insights import models as ours
from insights import tasks
from insights.collect import host_key
from merchant.models import Book, Lamp, Order
from tests.hosts.clock import of_checkouts


class Command(BaseCommand):
    def handle(self, *args, **options):
        self.stdout.write(json.dumps({**self.pages(), **self.live(), "milliseconds": of_checkouts(self.buy)}))

    def pages(self):
        book = Book.objects.first()
        boss = Client()
        boss.force_login(User.objects.get(username="boss"))
        page = Client().get(book.get_absolute_url()).content.decode()
        return {
            "lists": page.count("<insights-list"),
            "beacon": f'data-product="merchant.book:{book.pk}"' in page,
            "entry": 'href="/admin/insights/' in boss.get("/admin/").content.decode(),
            "panel": boss.get("/admin/insights/").status_code,
            "key": host_key("products", Lamp.objects.first()),
        }

    def live(self):
        celery = Celery("merchant", broker="memory://")
        celery.set_default()
        celery.conf.task_always_eager = True
        celery.autodiscover_tasks(["insights"], force=True)
        order = self.buy("LIVE-1")
        found = {"live_unpaid": ours.Order.objects.filter(external_id="LIVE-1").exists()}
        order.status = "PROCESSING"
        order.save()
        kept = ours.Order.objects.get(external_id="LIVE-1")
        found |= {"live": kept.counts, "live_lines": kept.lines.count()}
        order.status = "CANCELLED"
        order.save()
        found["live_cancelled"] = ours.Order.objects.get(external_id="LIVE-1").is_cancelled
        celery.conf.task_always_eager = False
        send, tasks.hint = tasks.hint, lambda *_: 1 / 0
        try:
            self.buy("LIVE-2")
        finally:
            tasks.hint = send
        return found | {"shop_goes_on": Order.objects.filter(ref="LIVE-2").exists()}

    def buy(self, ref):
        """Order the way Salesman's checkout does, within one transaction."""
        request = RequestFactory().post("/api/checkout/")
        request.user, request.session = User.objects.get(username="u40"), {}
        with transaction.atomic():
            basket, _ = Basket.objects.get_or_create_from_request(request)
            for product in (*Book.objects.all()[:2], Lamp.objects.first()):
                basket.add(product, quantity=2)
            basket.extra["email"] = request.user.email
            order = Order.objects.create(ref=ref)
            order.populate_from_basket(basket, request)
            basket.delete()
        return order
