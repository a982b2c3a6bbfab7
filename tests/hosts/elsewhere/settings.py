"""An office beside a shop of another make: its database can only be read, and insights has one of its own."""

import os
from pathlib import Path

VAR = Path(os.environ["HOST_VAR"])

SECRET_KEY = "only-for-this-test"
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "office",
    "insights",
    "rest_framework",
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
SQLITE = {"ENGINE": "django.db.backends.sqlite3"}
DATABASES = {
    "default": {**SQLITE, "NAME": VAR / "db.sqlite3"},
    "shop": {**SQLITE, "NAME": f"file:{VAR / 'shop.sqlite3'}?mode=ro", "OPTIONS": {"uri": True}},
    "insights": {**SQLITE, "NAME": VAR / "insights.sqlite3", "OPTIONS": {"transaction_mode": "IMMEDIATE"}},
}
DATABASE_ROUTERS = ["insights.contrib.own_database.Router"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
MEDIA_ROOT = VAR / "media"
INSIGHTS = {"ADAPTERS": ["office.adapter.ShopAdapter"], "BASE_CURRENCY": "EUR", "DATA_DIR": VAR / "insights"}
