"""The addresses of the shop, with the admin and the insights beside it."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path, reverse_lazy

from shop_demo.forms import SignInForm
from shop_demo.views import account, basket, catalogue, checkout, pages, product

shop = [
    path("", catalogue.home, name="home"),
    path("all/", catalogue.everything, name="everything"),
    path("c/<slug:slug>/", catalogue.category, name="category"),
    path("search/", catalogue.results, name="search"),
    path("search/suggestions/", catalogue.suggestions, name="suggestions"),
    path("review/<int:pk>/", product.review, name="review"),
    path("p/<int:pk>/<str:slug>/", product.product, name="product"),
    path("art/<path:sku>.svg", product.picture, name="picture"),
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.add_set, name="basket_add_set"),
    path("basket/add/<int:pk>/", basket.add, name="basket_add"),
    path("basket/change/<int:pk>/", basket.change, name="basket_change"),
    path("basket/coupon/", basket.coupon, name="coupon"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("checkout/summary/", checkout.summary, name="summary"),
    path("thanks/", checkout.thanks, name="thanks"),
    path("account/", account.account, name="account"),
    path("account/orders/<str:number>/", account.order, name="order"),
    path("account/orders/<str:number>/cancel/", account.cancel, name="cancel"),
    path("account/orders/<str:number>/again/", account.again, name="again"),
    path("account/profile/", account.profile, name="profile"),
    path("account/sign-up/", account.sign_up, name="sign_up"),
    path(
        "account/sign-in/",
        auth.LoginView.as_view(
            template_name="shop/account/sign_in.html",
            authentication_form=SignInForm,
            redirect_authenticated_user=True,
        ),
        name="sign_in",
    ),
    path("account/sign-out/", auth.LogoutView.as_view(), name="sign_out"),
    path(
        "account/password/",
        auth.PasswordChangeView.as_view(
            template_name="shop/account/password.html", success_url=reverse_lazy("shop:password_changed")
        ),
        name="password",
    ),
    path(
        "account/password/changed/",
        auth.PasswordChangeDoneView.as_view(template_name="shop/account/password_changed.html"),
        name="password_changed",
    ),
    path(
        "account/reset/",
        auth.PasswordResetView.as_view(
            template_name="shop/account/reset.html",
            email_template_name="shop/mail/reset.txt",
            subject_template_name="shop/mail/reset_subject.txt",
            success_url=reverse_lazy("shop:reset_sent"),
        ),
        name="reset",
    ),
    path(
        "account/reset/sent/",
        auth.PasswordResetDoneView.as_view(template_name="shop/account/reset_sent.html"),
        name="reset_sent",
    ),
    path(
        "account/reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(
            template_name="shop/account/reset_confirm.html", success_url=reverse_lazy("shop:reset_done")
        ),
        name="reset_confirm",
    ),
    path(
        "account/reset/done/",
        auth.PasswordResetCompleteView.as_view(template_name="shop/account/reset_done.html"),
        name="reset_done",
    ),
    path("about/", pages.about, name="about"),
    path("delivery/", pages.delivery, name="delivery"),
    path("privacy/", pages.privacy, name="privacy"),
    path("consent/", pages.choose, name="consent"),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("insights/", include("insights.urls")),
    path("", include((shop, "shop"))),
]
