"""System checks: what is wrong in ``INSIGHTS`` and in the adapters is said before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings as django_settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from insights.cleaning.currencies import CURRENCIES
from insights.conf import Settings, load
from insights.exceptions import AdapterError, nearest
from insights.sources import Adapter, load_adapter, problems


def check_settings(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Whether ``INSIGHTS`` can be read, and whether what it names is there."""
    tree, messages = _settings()
    if tree is None:
        return messages
    return [*_currencies(tree), *_functions(tree), *_storage(tree), *_data_centres(tree)]


def check_adapters(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Whether each adapter can be imported and leads somewhere in the host's models."""
    tree, _ = _settings()
    messages: list[CheckMessage] = []
    known: dict[object, str] = {}
    for path in tree.ADAPTERS if tree else ():
        try:
            adapter = load_adapter(path)
        except AdapterError as error:
            messages.append(Error(str(error), id="insights.E002"))
            continue
        if adapter.name in known:
            messages.append(
                Error(
                    f"{path} and {known[adapter.name]} are both named “{adapter.name}”.",
                    hint="Give one of them another “name”; it is the channel that its rows belong to.",
                    id="insights.E002",
                )
            )
        known[adapter.name] = path
        messages += [*_problems(adapter), *_keys(tree, adapter)]
    return messages


def _settings() -> tuple[Settings | None, list[CheckMessage]]:
    try:
        return load(getattr(django_settings, "INSIGHTS", {})), []
    except ImproperlyConfigured as error:
        return None, [Error(str(error), hint="See docs/reference/settings.md for all keys.", id="insights.E001")]


def _problems(adapter: Adapter) -> Iterable[CheckMessage]:
    for problem in problems(adapter):
        kind = checks.Warning if problem.warning else Error
        yield kind(problem.message, hint=problem.hint or None, obj=type(adapter), id=problem.id)


def _keys(tree: Settings | None, adapter: Adapter) -> Iterable[CheckMessage]:
    """Where addresses are kept as hashes alone, no customer may be known by one: a sync finds its rows by their keys."""
    for table in adapter.of_kind("customers") if tree and tree.CONTACTS == "hashed" else ():
        key = table.values.get("id")
        if isinstance(key, str) and ("email" in key or key == table.values.get("email")):
            yield Error(
                f"Customers.id is {key!r}, an e-mail address, and INSIGHTS['CONTACTS'] is 'hashed'.",
                hint="Map another column as the id, such as the primary key.",
                obj=type(adapter),
                id="insights.E022",
            )


def _currencies(tree: Settings) -> Iterable[CheckMessage]:
    named = {"INSIGHTS['BASE_CURRENCY']": tree.BASE_CURRENCY} | {
        f"INSIGHTS['RATES'][{code!r}]": code for code in tree.RATES
    }
    for place, code in named.items():
        if code not in CURRENCIES:
            close = nearest(code, CURRENCIES)
            hint = f"Did you mean {close!r}?" if close else "Give a code of ISO 4217, such as 'EUR'."
            yield Error(f"{place}: {code!r} is no currency of ISO 4217.", hint=hint, id="insights.E008")
    for code, rate in tree.RATES.items():
        if not (rate.is_finite() and rate > 0):
            yield Error(
                f"INSIGHTS['RATES'][{code!r}] is {rate}.",
                hint=f"Give what one {code} is worth in {tree.BASE_CURRENCY}: a number above zero.",
                id="insights.E008",
            )


def _functions(tree: Settings) -> Iterable[CheckMessage]:
    """Settings that name a function of the shop's."""
    yield from _function(
        "['CONSENT']",
        tree.CONSENT,
        "Give the dotted path of a function that takes a request and returns True, False or None.",
    )
    yield from _function(
        "['ASSISTANT']['NAMES']",
        tree.ASSISTANT.NAMES,
        "Give the dotted path of a function without arguments that returns other names by dimension and name.",
    )


def _function(key: str, path: str | None, hint: str) -> Iterable[CheckMessage]:
    if path is None:
        return
    try:
        found = import_string(path)
    except ImportError as error:
        what = f"which cannot be imported ({error})"
    else:
        if callable(found):
            return
        what = "which cannot be called"
    yield Error(f"INSIGHTS{key} names {path!r}, {what}.", hint=hint, id="insights.E009")


def _storage(tree: Settings) -> Iterable[CheckMessage]:
    if tree.STORAGE is not None and tree.STORAGE not in django_settings.STORAGES:
        known = ", ".join(sorted(django_settings.STORAGES))
        yield Error(
            f"INSIGHTS['STORAGE'] is {tree.STORAGE!r}, which STORAGES does not have.",
            hint=f"Choose one of: {known}.",
            id="insights.E010",
        )


def _data_centres(tree: Settings) -> Iterable[CheckMessage]:
    for path in tree.COLLECT.DATA_CENTRES:
        if not path.is_file():
            yield Error(
                f"INSIGHTS['COLLECT']['DATA_CENTRES'] names {path}, which is no file.",
                hint="Give files with networks such as 203.0.113.0/24; docs/how-to/bots.md says where providers publish them.",
                id="insights.E023",
            )
