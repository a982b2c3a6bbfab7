"""What buyers say."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop_demo.models.catalogue import Product, ProductQuerySet


class Review(models.Model):
    """An opinion on a product, with one to five stars; one a person and product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="reviews"
    )
    name = models.CharField(max_length=100, blank=True, help_text=_("As shown beside the review."))
    stars = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    is_approved = models.BooleanField(default=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes = [models.Index(fields=["updated_at", "id"], name="shop_review_updated")]
        constraints = [
            models.UniqueConstraint(fields=["product", "user"], name="shop_review_once"),
            models.CheckConstraint(condition=models.Q(stars__gte=1, stars__lte=5), name="shop_review_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} · {self.product}"


def refresh_ratings(products: ProductQuerySet) -> None:
    """Write average and number of the approved reviews on ``products``, in one statement."""
    approved = Review.objects.filter(product=models.OuterRef("pk"), is_approved=True).order_by().values("product")
    products.order_by().update(
        rating_average=models.Subquery(approved.annotate(value=models.Avg("stars")).values("value")),
        rating_count=Coalesce(models.Subquery(approved.annotate(value=models.Count("pk")).values("value")), 0),
        updated_at=timezone.now(),
    )
