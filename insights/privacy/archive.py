"""A person's archive as a file to be handed over: one JSON file a table, and a page that says what they are."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from typing import IO, Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _


def as_json(said: Any) -> str:
    """Plain data as readable JSON."""
    return json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n"


def write_archive(archive: Mapping[str, Any], file: IO[bytes]) -> None:
    """Write an archive as a zip.

    Args:
        archive: as :func:`insights.privacy.export.export_person` gives it.
        file: open for writing bytes.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", _readme(archive))
        for name, rows in archive["tables"].items():
            packed.writestr(f"tables/{name}.json", as_json(rows))
        for name in ("person", "consents", "predictions", "recommendations", "mentions"):
            packed.writestr(f"{name}.json", as_json(archive[name]))


def _readme(archive: Mapping[str, Any]) -> str:
    meanings = {
        "person": _("the names under which the shop knows you"),
        "consents": _("what you agreed to, and what not"),
        "predictions": _("what is expected of you, and why"),
        "recommendations": _("what would be suggested to you now, and why"),
        "mentions": _("texts of others that name you"),
    }
    lines = [
        _("What is stored of you, as of %(when)s.") % {"when": archive["exported_at"]},
        "",
        _("Each file is JSON, which any program and any editor can read. Times are in UTC."),
        "",
        *(f"{name}.json: {meaning}" for name, meaning in meanings.items()),
        "",
    ]
    models = {model._meta.model_name: model for model in apps.get_app_config("insights").get_models()}
    for name, rows in archive["tables"].items():
        lines.append(f"tables/{name}.json: {models[name]._meta.verbose_name_plural}, {len(rows)}")
    return "\n".join(lines) + "\n"
