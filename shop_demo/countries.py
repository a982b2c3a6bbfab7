"""Where the shop sends to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HOME = "GB"

EUROPE = {
    "AT": _("Austria"),
    "BE": _("Belgium"),
    "CH": _("Switzerland"),
    "CZ": _("Czechia"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GR": _("Greece"),
    "IE": _("Ireland"),
    "IT": _("Italy"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "SE": _("Sweden"),
}

COUNTRIES = {
    HOME: _("United Kingdom"),
    **EUROPE,
    "AU": _("Australia"),
    "CA": _("Canada"),
    "CN": _("China"),
    "HK": _("Hong Kong"),
    "JP": _("Japan"),
    "KR": _("South Korea"),
    "NZ": _("New Zealand"),
    "SG": _("Singapore"),
    "TW": _("Taiwan"),
    "US": _("United States"),
}
