"""Fills the tiny shop: 400 buyers with habits of their own, forty articles, two years."""

import random
from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from tinyshop.models import Article, Entry, Purchase


class Command(BaseCommand):
    @transaction.atomic
    def handle(self, *args, **options):
        dice = random.Random(5)
        now = timezone.now()
        articles = Article.objects.bulk_create(
            Article(sku=f"A{n}", title=f"Article {n}", price=Decimal(dice.randint(300, 6000)) / 100) for n in range(40)
        )
        for n in range(400):
            joined = now - timedelta(days=dice.randint(30, 720))
            buyer = User.objects.create(username=f"u{n}", email=f"u{n}@example.com", date_joined=joined)
            gap, leaves = dice.choice([15, 40, 90]), joined + timedelta(days=dice.expovariate(1 / 300))
            taste = dice.sample(articles, 8)
            made = joined
            while made < min(now, leaves):
                chosen = dice.sample(taste, dice.randint(1, 3))
                state = "VOID" if dice.random() < 0.03 else "OK"
                order = Purchase.objects.create(buyer=buyer, made=made, sum=sum(a.price for a in chosen), state=state)
                Entry.objects.bulk_create(Entry(purchase=order, article=a, number=1, each=a.price) for a in chosen)
                made += timedelta(days=dice.expovariate(1 / gap) + 0.1)
        self.stdout.write(f"{Purchase.objects.count()} purchases")
