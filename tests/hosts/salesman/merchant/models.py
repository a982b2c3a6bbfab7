from django.db import models
from django.urls import reverse
from salesman.orders.models import BaseOrder


class Book(models.Model):
    name = models.CharField(max_length=80)
    code = models.SlugField(unique=True)
    publisher = models.CharField(max_length=40)
    price = models.DecimalField(max_digits=18, decimal_places=2)

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("book", args=[self.pk])

    def get_price(self, request):
        return self.price


class Lamp(models.Model):
    """Dearer for those whom the shop does not know, and so without a price of its own."""

    name = models.CharField(max_length=80)
    watts = models.PositiveIntegerField()

    def __str__(self):
        return self.name

    @property
    def code(self):
        return f"lamp-{self.watts}"

    def get_price(self, request):
        return self.watts if request.user.is_authenticated else self.watts + 1


class Order(BaseOrder):
    currency = models.CharField(max_length=3, default="EUR")
