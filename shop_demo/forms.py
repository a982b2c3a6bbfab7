"""What visitors fill in."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.db.models import F
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shop_demo.basket import MOST
from shop_demo.countries import COUNTRIES, EUROPE, HOME
from shop_demo.models import Profile, Review
from shop_demo.ordering import Delivery
from shop_demo.pricing import POSTAGE_EUROPE, POSTAGE_WORLD
from shop_demo.templatetags.shop import money

_UK_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})")
_money = lazy(money, str)


def normal_email(text: str) -> str:
    """The one way in which an address is written, so that a guest is recognised the next time."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class EmailField(forms.EmailField):
    """An e-mail address, normalised."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail"))
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email"}))
        super().__init__(max_length=150, **kwargs)

    def to_python(self, value: Any) -> str:
        return normal_email(super().to_python(value) or "")


class QuantityForm(forms.Form):
    """How many of a product."""

    quantity = forms.IntegerField(min_value=0, max_value=MOST)


class ListingForm(forms.Form):
    """Which products of a list, and in which order."""

    SORTS = {
        "": (_("Our choice"), []),
        "new": (_("Newest first"), [F("published_at").desc(), "pk"]),
        "price": (_("Price, low to high"), [F("price").asc(nulls_last=True), "pk"]),
        "-price": (_("Price, high to low"), [F("price").desc(nulls_last=True), "pk"]),
        "rating": (_("Best rated"), [F("rating_average").desc(nulls_last=True), "-rating_count", "pk"]),
    }

    low = forms.DecimalField(label=_("Price from"), min_value=0, max_value=100_000, required=False)
    high = forms.DecimalField(label=_("to"), min_value=0, max_value=100_000, required=False)
    in_stock = forms.BooleanField(label=_("In stock only"), required=False)
    sort = forms.ChoiceField(
        label=_("Sort by"), choices=[(key, words) for key, (words, _order) in SORTS.items()], required=False
    )


class CheckoutForm(forms.Form):
    """Who gets an order, and where. ``token`` makes that one form gives one order, ``goods`` that its price was seen."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    goods = forms.DecimalField(widget=forms.HiddenInput)
    email = EmailField()
    name = forms.CharField(label=_("Full name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[
            (HOME, COUNTRIES[HOME]),
            (
                format_lazy(_("Europe, {postage}"), postage=_money(POSTAGE_EUROPE)),
                list(EUROPE.items()),
            ),
            (
                format_lazy(_("Rest of the world, {postage}"), postage=_money(POSTAGE_WORLD)),
                [(code, name) for code, name in COUNTRIES.items() if code != HOME and code not in EUROPE],
            ),
        ],
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    address = forms.CharField(
        label=_("Street and number"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    city = forms.CharField(
        label=_("Town or city"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    region = forms.CharField(
        label=_("County or region"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    phone = forms.RegexField(
        r"^\+?[\d ()./-]{6,24}$",
        label=_("Phone"),
        required=False,
        help_text=_("Only for the carrier."),
        error_messages={"invalid": _("Write digits, with + and the country code in front if you like.")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        postcode = " ".join(data.get("postcode", "").upper().split())
        if data.get("country") == HOME:
            match = _UK_POSTCODE.fullmatch(postcode)
            if match is None:
                self.add_error("postcode", _("Write a British postcode, such as EH1 1AA."))
            else:
                postcode = " ".join(match.groups())
        data["postcode"] = postcode
        return data

    @property
    def delivery(self) -> Delivery:
        """The address, once the form is valid."""
        return Delivery(**{key: self.cleaned_data[key] for key in Delivery.__dataclass_fields__})


class ReviewForm(forms.ModelForm):
    """Stars, and words if one likes."""

    stars = forms.TypedChoiceField(
        label=_("Stars"),
        coerce=int,
        choices=[(5, _("5, excellent")), (4, _("4, good")), (3, _("3, fair")), (2, _("2, poor")), (1, _("1, bad"))],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Review
        fields = ["stars", "title", "body"]
        labels = {"title": _("In a few words"), "body": _("Your review")}
        widgets = {"body": forms.Textarea(attrs={"rows": 4, "maxlength": 2000})}


class SignInForm(AuthenticationForm):
    """E-mail and password; the staff's short names work too."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("The e-mail address or the password is not right. Mind capital letters."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget.attrs.update(autocomplete="username", inputmode="email")

    def clean_username(self) -> str:
        return normal_email(self.cleaned_data["username"])


class SignUpForm(forms.Form):
    """A new account."""

    name = forms.CharField(label=_("Full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = EmailField()
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 8 characters, not only digits."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    accepts_marketing = forms.BooleanField(label=_("Write to me about new teas, about once a month"), required=False)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if User.objects.filter(username=email).exists():
            raise forms.ValidationError(_("This address has an account already. Sign in, or reset the password."))
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "password" in data:
            user = User(username=data.get("email", ""), first_name=data.get("name", ""))
            try:
                password_validation.validate_password(data["password"], user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    def save(self) -> User:
        """Make the account."""
        data = self.cleaned_data
        first, _space, last = data["name"].partition(" ")
        user = User.objects.create_user(
            data["email"], data["email"], data["password"], first_name=first, last_name=last[:150]
        )
        Profile.objects.filter(user=user).update(
            accepts_marketing=data["accepts_marketing"], language=get_language() or ""
        )
        return user


class ProfileForm(forms.ModelForm):
    """What an account says of its owner."""

    first_name = forms.CharField(
        label=_("First name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    country = forms.ChoiceField(label=_("Country"), choices=[("", "—"), *COUNTRIES.items()], required=False)
    accepts_marketing = forms.BooleanField(label=_("Write to me about new teas, about once a month"), required=False)

    class Meta:
        model = Profile
        fields = ["phone", "country", "region", "city", "birthday", "language", "accepts_marketing"]
        labels = {
            "phone": _("Phone"),
            "region": _("County or region"),
            "city": _("Town or city"),
            "birthday": _("Birthday"),
            "language": _("Language of our letters"),
        }
        widgets = {"birthday": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    field_order = ["first_name", "last_name", "phone", "country", "region", "city", "birthday", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.instance.user
        self.fields["first_name"].initial = user.first_name
        self.fields["last_name"].initial = user.last_name

    def save(self, commit: bool = True) -> Profile:
        profile = super().save(commit)
        user = profile.user
        user.first_name, user.last_name = self.cleaned_data["first_name"], self.cleaned_data["last_name"]
        user.save(update_fields=["first_name", "last_name"])
        return profile
