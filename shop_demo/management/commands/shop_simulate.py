"""``manage.py shop_simulate``: a shop with a history, and a known truth."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shop_demo.online_retail import clear_shop
from shop_demo.simulator import ShopNotEmptyError, simulate


class Command(BaseCommand):
    """Fill the demo shop from its simulator."""

    help = "Fills the demo shop with simulated customers, orders and visits, and writes the truth beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--until", type=date.fromisoformat, help="YYYY-MM-DD, the last day; by default today")
        parser.add_argument("--replace", action="store_true", help="take out what the shop holds first")

    def handle(self, *args: Any, **options: Any) -> None:
        until = options["until"]
        end = timezone.make_aware(datetime.combine(until, time(23, 59, 59))) if until else timezone.now()
        if options["replace"]:
            clear_shop()
        try:
            done = simulate(
                settings.VAR / "simulator",
                customers=options["customers"],
                seed=options["seed"],
                until=min(end, timezone.now()),
                progress=self._progress,
            )
        except (ShopNotEmptyError, ValueError) as error:
            raise CommandError(str(error)) from error
        if self.stderr.isatty():
            self.stderr.write("\r", ending="\x1b[K")
        self.stdout.write(
            f"{done.customers:,} customers, {done.products} products, {done.orders:,} orders, {done.events:,} events and "
            f"{done.reviews:,} reviews in {done.seconds:.0f} s. The truth is in {settings.VAR / 'simulator'}."
        )

    def _progress(self, what: str, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r  {what} {done:,}   " if done else f"\r  {what}          ", ending="")
            self.stderr.flush()
