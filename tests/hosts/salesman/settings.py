"""A site of django-salesman as its own guide sets it up, with an order model of its own, with insights or without."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
VAR = Path(os.environ["HOST_VAR"])
WITH_INSIGHTS = os.environ.get("HOST_INSIGHTS") != "off"

SECRET_KEY = "only-for-this-test"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "salesman.core",
    "salesman.basket",
    "salesman.checkout",
    "salesman.orders",
    "salesman.admin",
    "rest_framework",
    "merchant",
    *(["insights"] if WITH_INSIGHTS else []),
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "db.sqlite3",
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
TIME_ZONE = "Europe/Zagreb"
USE_TZ = True
STATIC_URL = "/static/"
MEDIA_ROOT = VAR / "media"

SALESMAN_PRODUCT_TYPES = {
    "merchant.Book": "merchant.serializers.BookSerializer",
    "merchant.Lamp": "merchant.serializers.LampSerializer",
}
SALESMAN_ORDER_MODEL = "merchant.Order"

if WITH_INSIGHTS:
    INSIGHTS = {
        "ADAPTERS": ["merchant.adapter.MerchantAdapter"],
        "BASE_CURRENCY": "EUR",
        "RATES": {"USD": "0.92"},
        "COUNTRY": "HR",
        "DATA_DIR": VAR / "insights",
    }
