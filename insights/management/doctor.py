"""What an installation needs in order to work, looked at one thing after the other; each finding names its remedy."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connections, router
from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext

from insights.checks import check_settings
from insights.cleaning import BY_KEY
from insights.conf import settings
from insights.management import doctor_shop
from insights.management.base import waiting_migrations
from insights.management.findings import Finding
from insights.models import Order, QuarantinedRow, Run, RunState

_VENDORS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL or MariaDB"}
_STALE = timedelta(hours=26)
"""A nightly sync that comes a little late is still fresh."""
_PATIENCE = 5.0
"""Seconds that a broker, and then its workers, have to answer."""
_REPLY = 1.5
"""Seconds in which the answers of workers are gathered: all of them are waited out, since nobody knows how many there are."""


def examine() -> list[Finding]:
    """All findings; what cannot be looked at because of an earlier one is left out."""
    found = list(_settings())
    if any(finding.state == "mend" for finding in found):
        return found
    found += [*doctor_shop.adapters(), *_mounted(), *_time_zone(), *_database()]
    migrated = list(_migrations())
    found += migrated
    if all(finding.state == "ok" for finding in migrated):
        found += [*_sync(), *doctor_shop.rates(), *_quarantine(), *doctor_shop.rows(), *_data()]
    return [*found, *_storage(), *_data_dir(), *_broker(), *_translations(), *_assistant()]


def _settings() -> Iterator[Finding]:
    messages = check_settings()
    for message in messages:
        yield Finding("settings", "mend", message.msg, message.hint or "")
    if not messages:
        yield Finding("settings", "ok", "INSIGHTS can be read.")


def _mounted() -> Iterator[Finding]:
    """Whether our addresses and the admin can be reached in a browser."""
    if _has_address("insights:api_metrics"):
        yield Finding("urls", "ok", "The addresses of insights.urls are mounted.")
    else:
        yield Finding(
            "urls",
            "mend",
            "insights.urls is not mounted: there is no beacon, no click is counted, and there is no API.",
            'Add path("insights/", include("insights.urls")) to the urlpatterns of ROOT_URLCONF.',
        )
    if _has_address("admin:index"):
        yield Finding("admin", "ok", "The panel is in the admin, under “Insights”.")
    else:
        yield Finding(
            "admin",
            "look",
            "The Django admin is not mounted, and the panel lives in it.",
            'Add "django.contrib.admin" to INSTALLED_APPS and path("admin/", admin.site.urls) to the urlpatterns.',
        )


def _has_address(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def _time_zone() -> Iterator[Finding]:
    zone = django_settings.TIME_ZONE
    if not django_settings.USE_TZ:
        yield Finding("time_zone", "mend", "USE_TZ is off, so that moments are ambiguous.", "Set USE_TZ = True.")
    elif zone == "UTC" or not django_settings.is_overridden("TIME_ZONE"):  # type: ignore[misc]
        yield Finding(
            "time_zone",
            "look",
            f"TIME_ZONE is {zone}: days begin at midnight there.",
            "Set the shop's own zone, such as 'Europe/Paris' or 'Asia/Shanghai'; the next sync reads everything anew.",
        )
    else:
        yield Finding("time_zone", "ok", f"Days begin at midnight in {zone}.")


def _database() -> Iterator[Finding]:
    connection = connections[router.db_for_write(Order)]
    name = _VENDORS.get(connection.vendor)
    if name is None:
        yield Finding(
            "database",
            "mend",
            f"{connection.display_name} is not one of {', '.join(_VENDORS.values())}.",
            "Keep our tables in one of these, through a database router: see docs/how-to/databases.md.",
        )
        return
    options = connection.settings_dict.get("OPTIONS", {})
    if connection.vendor == "sqlite" and options.get("transaction_mode") != "IMMEDIATE":
        yield Finding(
            "database",
            "look",
            "SQLite without immediate transactions: a worker and the web process can lock each other out.",
            "Set the OPTIONS of docs/how-to/databases.md.",
        )
        return
    yield Finding("database", "ok", f"{name}.")


def _migrations() -> Iterator[Finding]:
    try:
        waiting = waiting_migrations()
    except DatabaseError as error:
        yield Finding(
            "migrations",
            "mend",
            f"The database cannot be reached: {type(error).__name__}.",
            "Is it running, and does DATABASES name it rightly?",
        )
        return
    if waiting:
        yield Finding("migrations", "mend", f"Not applied: {', '.join(waiting)}.", "Run manage.py migrate.")
    else:
        yield Finding("migrations", "ok", "All are applied.")


def _sync() -> Iterator[Finding]:
    syncs = Run.objects.filter(kind="sync").order_by("-created_at", "-pk")
    last, good = syncs.first(), syncs.filter(state=RunState.DONE).first()
    if last is not None and last.state == RunState.FAILED:
        why = last.error.strip().splitlines()[0][:200] if last.error.strip() else "no reason was written."
        yield Finding("sync", "mend", f"The last sync failed: {why}", "Mend it, then run manage.py insights_sync.")
    elif good is None or good.finished_at is None:
        if settings.ADAPTERS:
            yield Finding("sync", "mend", "There has been no sync yet.", "Run manage.py insights_sync.")
    else:
        age = timezone.now() - good.finished_at
        hours = int(age.total_seconds() // 3600)
        said = f"The last sync ended {hours} h ago." if hours else "The last sync ended within the hour."
        if age < _STALE:
            yield Finding("sync", "ok", said)
        else:
            yield Finding("sync", "look", said, "Run manage.py insights_sync each night, from cron or by a worker.")


def _quarantine() -> Iterator[Finding]:
    waiting = QuarantinedRow.objects.filter(resolved_at=None).order_by().values_list("rule").annotate(Count("pk"))
    rows = sorted(waiting, key=lambda row: -row[1])
    if rows:
        reasons = ", ".join(f"{BY_KEY[rule].label if rule in BY_KEY else rule} {count:,}" for rule, count in rows)
        yield Finding(
            "quarantine",
            "look",
            f"{sum(count for _, count in rows):,} rows could not be taken over: {reasons}.",
            "See each under Insights → Data in the admin; what is mended in the shop comes in with the next sync.",
        )
    else:
        yield Finding("quarantine", "ok", "No row waits there.")


def _data() -> Iterator[Finding]:
    from insights.features import readiness

    for need in readiness():
        said = f"{gettext(need.label)}: {need.have:,} of {need.needed:,}."
        if need.ok:
            yield Finding(f"data.{need.key}", "ok", said)
        else:
            yield Finding(
                f"data.{need.key}", "look", said, "Until there are as many, models that need them are not trained."
            )


def _storage() -> Iterator[Finding]:
    alias = settings.STORAGE
    if alias is None:
        return  # the models are in DATA_DIR
    name = f"insights/doctor-{uuid.uuid4().hex}.txt"
    try:
        storage = storages[alias]
        name = storage.save(name, ContentFile(b"written by insights_doctor"))
        with storage.open(name) as written:
            same = written.read() == b"written by insights_doctor"
        storage.delete(name)
    except Exception as error:  # each storage has errors of its own
        yield Finding(
            "storage",
            "mend",
            f"The storage “{alias}” cannot be written and read: {type(error).__name__}.",
            "Let the process write there, or leave INSIGHTS['STORAGE'] out to keep models in DATA_DIR.",
        )
        return
    if same:
        yield Finding("storage", "ok", f"The storage “{alias}” can be written and read.")
    else:
        yield Finding("storage", "mend", f"The storage “{alias}” gives back other bytes.", "Mend the storage.")


def _data_dir() -> Iterator[Finding]:
    folder = Path(settings.DATA_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"doctor-{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        yield Finding(
            "data_dir",
            "mend",
            f"{folder} cannot be written: {error.strerror}.",
            "Set INSIGHTS['DATA_DIR'] to a folder of the process's own.",
        )
    else:
        yield Finding("data_dir", "ok", f"{folder} can be written.")


def _broker() -> Iterator[Finding]:
    url = getattr(django_settings, "CELERY_BROKER_URL", "") or ""
    if not url:
        yield Finding(
            "broker",
            "ok",
            "CELERY_BROKER_URL is empty: nothing runs in the background.",
            "That is fine: run manage.py insights_sync and manage.py insights_train all from cron.",
        )
        return
    from celery import Celery, current_app

    app = Celery("insights-doctor", broker=url, set_as_current=False)
    options = dict(getattr(django_settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}))
    app.conf.broker_transport_options = {"socket_connect_timeout": 2, "socket_timeout": 2} | options
    try:
        where = app.connection_for_read().as_uri()
    except Exception as error:  # each transport fails in a way of its own where its package is missing
        scheme = url.partition(":")[0]
        yield Finding(
            "broker",
            "mend",
            f"CELERY_BROKER_URL is of “{scheme}”, which cannot be used here: {type(error).__name__}.",
            "Install its package, such as pip install 'django-shop-insights[redis]', or mend CELERY_BROKER_URL.",
        )
        return
    fault = _fault(lambda: _connect(app))
    if fault:
        yield Finding(
            "broker",
            "mend",
            f"{where} cannot be reached: {fault}.",
            "Start it or mend CELERY_BROKER_URL. To run without a broker, leave the setting out and use cron.",
        )
        return
    yield Finding("broker", "ok", f"{where} can be reached.")
    if not current_app.conf.broker_url:
        yield Finding(
            "celery",
            "mend",
            "CELERY_BROKER_URL is set, and no Celery application of the project reads it.",
            "Make one and import it in the project's __init__: see docs/how-to/run-workers.md.",
        )
        return
    seen: list[str] = []
    _fault(lambda: seen.extend(app.control.inspect(timeout=_REPLY).ping() or ()))
    if seen:
        yield Finding("worker", "ok", f"Answered: {', '.join(sorted(seen))}.")
    else:
        yield Finding("worker", "look", "No worker answered.", "Start one: see docs/how-to/run-workers.md.")


def _connect(app: Any) -> None:
    with app.connection_for_write(connect_timeout=2) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def _fault(act: Callable[[], Any]) -> str:
    """Why something could not be done within a few seconds; empty when it could."""
    said: list[str] = ["no answer in time"]

    def attempt() -> None:
        try:
            act()
        except Exception as error:  # each transport has errors of its own
            said[0] = type(error).__name__
        else:
            said[0] = ""

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return said[0]


def _translations() -> Iterator[Finding]:
    catalogues = sorted((Path(__file__).resolve().parents[1] / "locale").glob("*/LC_MESSAGES/*.po"))
    missing = [path for path in catalogues if not path.with_suffix(".mo").exists()]
    if missing:
        names = ", ".join(path.parts[-3] for path in missing)
        yield Finding(
            "translations",
            "look",
            f"Not compiled: {names}.",
            "Run django-admin compilemessages in the folder of insights.",
        )
    else:
        yield Finding("translations", "ok", "All are compiled.")


def _assistant() -> Iterable[Finding]:
    model = settings.ASSISTANT.MODEL
    if model is None:
        return [Finding("assistant", "ok", "The offline model reads English and Chinese.")]
    from langchain.chat_models import init_chat_model

    try:
        init_chat_model(model)
    except ImportError as error:
        provider = model.partition(":")[0]
        remedy = (
            f"Install the provider's package: pip install 'django-shop-insights[{provider}]' or langchain-{provider}."
        )
        return [Finding("assistant", "mend", f"“{model}” needs a package: {error.name or error}.", remedy)]
    except Exception as error:  # each provider has errors of its own
        said = str(error).strip().splitlines()
        why = f"{type(error).__name__}: {said[0][:160]}" if said else type(error).__name__
        return [Finding("assistant", "mend", f"“{model}” cannot be used: {why}", "See docs/how-to/language-models.md.")]
    return [Finding("assistant", "ok", f"“{model}” is installed; whether it answers shows when it is asked.")]
