"""The back office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop_demo.models import Category, Coupon, Event, Order, OrderLine, Product, Profile, Refund, Review


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "name_zh", "parent", "position"]
    list_editable = ["position"]
    list_select_related = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name", "name_zh"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "sku", "category", "price", "stock", "is_active", "rating_average", "rating_count"]
    list_filter = ["is_active", "category"]
    list_select_related = ["category"]
    search_fields = ["name", "name_zh", "sku", "brand"]
    autocomplete_fields = ["category"]
    readonly_fields = ["rating_average", "rating_count", "updated_at"]
    prepopulated_fields = {"slug": ["name"]}
    show_full_result_count = False


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    extra = 0
    raw_id_fields = ["product"]


class RefundInline(admin.TabularInline):
    model = Refund
    extra = 0


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "placed_at", "name", "country", "total", "currency", "status", "channel"]
    list_filter = ["status", "channel", "is_test", "placed_at"]
    search_fields = ["number", "email", "name"]
    raw_id_fields = ["user"]
    readonly_fields = ["token", "updated_at"]
    inlines = [OrderLineInline, RefundInline]
    show_full_result_count = False


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    list_display = ["product", "stars", "title", "name", "created_at", "is_approved"]
    list_filter = ["is_approved", "stars"]
    list_select_related = ["product"]
    search_fields = ["title", "body", "name"]
    raw_id_fields = ["product", "user"]
    actions = ["approve", "hide"]
    show_full_result_count = False

    @admin.action(description=_("Show on the product's page"))
    def approve(self, request: HttpRequest, reviews: QuerySet[Review]) -> None:
        self._set(reviews, True)

    @admin.action(description=_("Hide from the product's page"))
    def hide(self, request: HttpRequest, reviews: QuerySet[Review]) -> None:
        self._set(reviews, False)

    def _set(self, reviews: QuerySet[Review], is_approved: bool) -> None:
        # One by one, since saving is what counts the stars anew.
        for review in reviews:
            review.is_approved = is_approved
            review.save(update_fields=["is_approved", "updated_at"])


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin):
    list_display = ["user", "country", "city", "language", "accepts_marketing"]
    list_filter = ["language", "accepts_marketing"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email", "user__last_name"]
    raw_id_fields = ["user"]
    show_full_result_count = False


@admin.register(Coupon)
class CouponAdmin(admin.ModelAdmin):
    list_display = ["code", "percent", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code"]


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """The log can be read, and not be changed."""

    list_display = ["created_at", "name", "product", "query", "value", "path", "device"]
    list_filter = ["name", "device"]
    list_select_related = ["product"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
