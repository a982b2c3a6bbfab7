import uuid

from django.conf import settings
from django.db import models


class Article(models.Model):
    sku = models.CharField(primary_key=True, max_length=20)
    title = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=8, decimal_places=2)

    def get_absolute_url(self):
        return f"/p/{self.sku}/"


class Purchase(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    made = models.DateTimeField()
    sum = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=10, default="OK")


class Entry(models.Model):
    purchase = models.ForeignKey(Purchase, related_name="entries", on_delete=models.CASCADE)
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL)
    number = models.IntegerField()
    each = models.DecimalField(max_digits=8, decimal_places=2)
