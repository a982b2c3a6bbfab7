"""Changes of the host's models, taken over as they happen.

A signal is a hint and nothing more: it is sent after the commit, takes a message and no query, and whatever goes wrong
with it is logged and never reaches the shop. The next sync finds what a lost hint would have told.
"""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.contrib.auth.signals import user_logged_out
from django.contrib.contenttypes.models import ContentType
from django.db import connections, router, transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils.module_loading import import_string

from insights.collect import accepted, signed_out
from insights.conf import settings
from insights.exceptions import AdapterError
from insights.sources import Declaration, get_adapters, mapped

logger = logging.getLogger(__name__)

_pending = threading.local()


class _Batch:
    """Rows that changed in one transaction, told by its hook after the commit."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], set[Any]] = {}
        self.hook = partial(_tell, self)

    def waits(self, using: str) -> bool:
        """Whether the transaction is still to end: one that is rolled back drops its hooks."""
        return any(self.hook in entry for entry in connections[using].run_on_commit)


def connect() -> None:
    """Listen to the inbox, to signing out, and to the models that the adapters map.

    A wrong adapter is the business of the checks.
    """
    accepted.connect(_batch_came, dispatch_uid="insights.inbox")
    user_logged_out.connect(_signed_out, dispatch_uid="insights.signed_out")
    try:
        adapters = get_adapters()
    except AdapterError:
        return
    for adapter in adapters:
        for declaration in adapter.declarations.values():
            if not declaration.live:
                continue
            try:
                source = mapped(adapter, declaration.name)
            except AdapterError:
                continue
            if source is not None:
                _listen(adapter.name, declaration, source.model)


def grant(app_config: AppConfig, using: str, **_: Any) -> None:
    """Make our permissions where people's accounts are, when our tables are in another database.

    Django makes them only in the database of the tables themselves, where nobody can be given any.
    """
    models = list(app_config.get_models())
    if not router.allow_migrate_model(using, Permission) or any(
        router.allow_migrate_model(using, model) for model in models
    ):
        return
    for model in models:
        content_type = ContentType.objects.db_manager(using).get_for_model(model, for_concrete_model=False)
        options = model._meta
        usual = [
            (get_permission_codename(act, options), f"Can {act} {options.verbose_name_raw}")
            for act in options.default_permissions
        ]
        for codename, name in (*usual, *options.permissions):
            Permission.objects.using(using).get_or_create(
                content_type=content_type, codename=codename, defaults={"name": str(name)[:255]}
            )


def _listen(channel: str, declaration: Declaration, model: type[Model]) -> None:
    heard = partial(_heard, channel, declaration.name)
    name = f"insights.{channel}.{declaration.name}"
    post_save.connect(heard, sender=model, weak=False, dispatch_uid=f"{name}.saved")
    post_delete.connect(heard, sender=model, weak=False, dispatch_uid=f"{name}.deleted")
    for path, argument in declaration.options.get("signals", {}).items():
        told = partial(_told_by, channel, declaration.name, model, argument)
        import_string(path).connect(told, weak=False, dispatch_uid=f"{name}.{path}")


def _told_by(channel: str, name: str, model: type[Model], argument: str, /, **said: Any) -> None:
    """A signal of the shop's own, which names the row in one of its arguments."""
    row = said.get(argument)
    if isinstance(row, model):
        _heard(channel, name, row)


def _heard(channel: str, kind: str, instance: Model, raw: bool = False, **_: Any) -> None:
    """Note a change; it is told once after the commit, however many rows of a kind change in one transaction."""
    if raw or not settings.LIVE or instance.pk is None:
        return
    try:
        using = instance._state.db
        batches = _pending.__dict__.setdefault("batches", {})
        batch = batches.get(using)
        if batch is not None and batch.waits(using):
            batch.rows.setdefault((channel, kind), set()).add(instance.pk)
            return
        batches[using] = batch = _Batch()
        batch.rows[channel, kind] = {instance.pk}
        transaction.on_commit(batch.hook, using=using, robust=True)
    except Exception as error:
        logger.warning("A change of the shop could not be noted: %s", type(error).__name__)


def _batch_came(**_: Any) -> None:
    from insights.tasks import call_for_inbox

    try:
        call_for_inbox()
    except Exception as error:
        logger.warning("No worker could be told of the inbox: %s", type(error).__name__)


def _signed_out(request: HttpRequest | None = None, **_: Any) -> None:
    try:
        if request is not None:
            signed_out(request)
    except Exception as error:
        logger.warning("That somebody signed out could not be noted: %s", type(error).__name__)


def _tell(batch: _Batch) -> None:
    from insights.tasks import hint

    try:
        for (channel, kind), pks in batch.rows.items():
            hint(channel, kind, sorted(pks, key=str))
    except Exception as error:
        logger.warning("A change of the shop could not be told: %s", type(error).__name__)
