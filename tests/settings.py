"""Settings of the test suite: the demo shop's, on a database that ``TEST_DATABASE_URL`` may choose."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Playwright's plain interface leaves a loop running in the thread of the tests, which Django takes for their own.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
os.environ.setdefault("INSIGHTS_VAR", tempfile.mkdtemp(prefix="insights-tests-"))
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from shop_demo.settings import *  # noqa: F403
from shop_demo.settings import INSIGHTS as _DEMO
from shop_demo.settings import INSTALLED_APPS as _DEMO_APPS
from shop_demo.settings import STORAGES as _STORAGES

_VAR = Path(os.environ["INSIGHTS_VAR"])

INSTALLED_APPS = [*_DEMO_APPS, "tests.insights.sources.host"]
DEBUG = False
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**_STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = _VAR / "media"
INSIGHTS = {**_DEMO, "DATA_DIR": _VAR / "insights"}
