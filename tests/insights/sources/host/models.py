from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Client(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE)
    telephone = models.CharField(max_length=30, blank=True)
    newsletter = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.user)


class Group(models.Model):
    title = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.title


class Shelf(models.Model):
    path = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.title


class ArticleQuerySet(models.QuerySet["Article"]):
    def on_sale(self) -> ArticleQuerySet:
        return self.filter(visible=True)


class OnSale(models.Manager["Article"]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(visible=True)


class Named(models.Model):
    title = models.CharField(max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Article(Named):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.CharField(max_length=20, unique=True)
    group = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL)
    maker = models.CharField(max_length=40, blank=True)
    price_incl_tax = models.DecimalField(max_digits=8, decimal_places=2)
    visible = models.BooleanField(default=True)
    facts = models.JSONField(default=dict)
    similar = models.ManyToManyField("self", blank=True)
    shelves = models.ManyToManyField(Shelf, blank=True, related_name="articles")
    changed = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()
    on_sale = OnSale()

    def get_absolute_url(self) -> str:
        return f"/articles/{self.code}/"

    @property
    def shout(self) -> str:
        return self.title.upper()

    def get_price(self, request: Any) -> Any:
        return self.price_incl_tax


class Poster(Named):
    price = models.DecimalField(max_digits=8, decimal_places=2)
    facts = models.JSONField(default=dict)


class Look(models.Model):
    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE)
    article = models.ForeignKey(Article, on_delete=models.CASCADE)
    date_created = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.article)


class Question(models.Model):
    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE)
    words = models.CharField(max_length=80)
    date_created = models.DateTimeField()

    def __str__(self) -> str:
        return self.words


class Purchase(models.Model):
    NEW, SENT, CANCELLED, GIVEN_BACK = 1, 2, 3, 4
    ref = models.CharField(max_length=12, unique=True)
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.SET_NULL)
    mail = models.EmailField(blank=True)
    status = models.PositiveSmallIntegerField(
        choices=[(NEW, "new"), (SENT, "sent"), (CANCELLED, "cancelled"), (GIVEN_BACK, "refunded")], default=NEW
    )
    date_created = models.DateTimeField()
    total_excl_tax = models.DecimalField(max_digits=10, decimal_places=2)
    total_incl_tax = models.DecimalField(max_digits=10, decimal_places=2)
    till = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["till"], condition=models.Q(status=9), name="kiosk_open_till")]

    def __str__(self) -> str:
        return self.ref

    @property
    def email(self) -> str:
        return self.client.user.email if self.client else self.mail


class PurchaseItem(models.Model):
    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="items")
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=80)
    qty = models.DecimalField(max_digits=8, decimal_places=3)
    line_price_incl_tax = models.DecimalField(max_digits=8, decimal_places=2)

    def __str__(self) -> str:
        return self.title


class Opinion(models.Model):
    article = models.ForeignKey(Article, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, null=True, on_delete=models.SET_NULL)
    score = models.PositiveSmallIntegerField(validators=[MinValueValidator(0), MaxValueValidator(10)])
    body = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(choices=[(0, "waiting"), (1, "Approved")], default=0)
    date_created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.score)


class Note(models.Model):
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.CharField(max_length=40)
    about = GenericForeignKey()
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
