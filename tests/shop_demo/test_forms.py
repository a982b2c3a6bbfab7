from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from shop_demo.forms import CheckoutForm, ListingForm, ProfileForm, ReviewForm, SignUpForm, normal_email
from shop_demo.models import Profile
from tests.shop_demo.conftest import FORM

TOKEN = {"token": "2f0c6c0e-5f0e-4a4e-9b1f-0e6f5a3f4c11", "goods": "9.50"}


def _form(**changed: Any) -> CheckoutForm:
    return CheckoutForm({**TOKEN, **FORM, **changed})


@pytest.mark.parametrize("typed", ["eh11aa", " EH1  1AA ", "Eh1 1aA"])
def test_checkout__a_postcode_is_written_one_way(typed: str) -> None:
    form = _form(postcode=typed)
    assert form.is_valid(), form.errors
    assert (form.delivery.postcode, form.delivery.email) == ("EH1 1AA", "ada@example.com")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"postcode": ""}, "postcode"),
        ({"postcode": "12345"}, "postcode"),
        ({"country": "XX"}, "country"),
        ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"),
        ({"phone": "call me"}, "phone"),
        ({"address": "x" * 301}, "address"),
        ({"token": "7"}, "token"),
    ],
)
def test_checkout__what_is_wrong_is_said_at_its_field(changed: dict[str, str], field: str) -> None:
    form = _form(**changed)
    assert list(form.errors) == [field]


def test_checkout__elsewhere_needs_no_postcode() -> None:
    assert _form(country="HK", postcode="").is_valid()


@pytest.mark.parametrize("text", [" Ada@Example.COM ", "ada@example.com", "ａda@example.com"])
def test_normal_email(text: str) -> None:
    assert normal_email(text) == "ada@example.com"


@pytest.mark.parametrize(
    ("data", "bad"),
    [({}, []), ({"low": "-1"}, ["low"]), ({"high": "cheap"}, ["high"]), ({"sort": "hash"}, ["sort"]), ({"low": "NaN"}, ["low"])],
)  # fmt: skip
def test_listing(data: dict[str, str], bad: list[str]) -> None:
    assert list(ListingForm(data).errors) == bad


@pytest.mark.django_db
@pytest.mark.parametrize(("stars", "ok"), [("5", True), ("1", True), ("0", False), ("6", False), ("", False)])
def test_review__one_to_five_stars(stars: str, ok: bool) -> None:
    assert ReviewForm({"stars": stars}).is_valid() is ok


@pytest.mark.django_db
def test_sign_up__makes_an_account_with_its_profile() -> None:
    data = {"name": "Ada King Lovelace", "email": "ADA@example.com", "password": "difference engine"}
    form = SignUpForm({**data, "accepts_marketing": "on"})
    assert form.is_valid(), form.errors
    user = form.save()
    assert (user.username, user.first_name, user.last_name) == ("ada@example.com", "Ada", "King Lovelace")
    assert user.check_password("difference engine")
    assert Profile.objects.get(user=user).accepts_marketing is True
    again = SignUpForm(data)
    assert list(again.errors) == ["email"]


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "12345678901", "ada@example.com"])
def test_sign_up__a_weak_password_is_refused(password: str) -> None:
    assert list(SignUpForm({"name": "Ada", "email": "ada@example.com", "password": password}).errors) == ["password"]


@pytest.mark.django_db
def test_profile__saves_the_name_on_the_account() -> None:
    user = User.objects.create(username="a", first_name="Ada")
    form = ProfileForm({"first_name": "Augusta", "country": "GB"}, instance=Profile.objects.get(user=user))
    assert form.is_valid(), form.errors
    form.save()
    user.refresh_from_db()
    assert (user.first_name, user.profile.country, user.profile.accepts_marketing) == ("Augusta", "GB", False)
