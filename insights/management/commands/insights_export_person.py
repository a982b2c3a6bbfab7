"""Write everything that is stored of one person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from insights.management.base import InsightsCommand
from insights.models import Act
from insights.privacy import as_json, export_person, find_subject, record, write_archive


class Command(InsightsCommand):
    """``manage.py insights_export_person ID``."""

    help = "Writes everything that is stored of one person, as JSON or as a zip to be handed over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="the customer's id in the shop, or the e-mail address")
        parser.add_argument("--channel", help="needed only where several channels know the id")
        parser.add_argument(
            "--output",
            type=Path,
            help="a file to write to instead of standard output; one that ends in .zip becomes an archive to hand over",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        subject = find_subject(options["id"], options["channel"])
        archive, path = export_person(subject), options["output"]
        record(Act.EXPORTED_PERSON, None, "insights_export_person", about=subject.customer or "")
        if path is None:
            self.stdout.write(as_json(archive), ending="")
            return
        if path.suffix.lower() == ".zip":
            with path.open("wb") as file:
                write_archive(archive, file)
        else:
            path.write_text(as_json(archive), encoding="utf-8")
        rows = sum(len(rows) for rows in archive["tables"].values())
        self.stderr.write(f"{rows} rows written to {path}.")
