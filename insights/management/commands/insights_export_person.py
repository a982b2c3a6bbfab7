"""Write everything that is stored of one person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from insights.management.base import InsightsCommand
from insights.models import Act
from insights.privacy import export_person, find_subject, record


class Command(InsightsCommand):
    """``manage.py insights_export_person ID``."""

    help = "Writes everything that is stored of one person, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="the customer's id in the shop, or the e-mail address")
        parser.add_argument("--channel", help="needed only where several channels know the id")
        parser.add_argument("--output", type=Path, help="a file to write to instead of standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        subject = find_subject(options["id"], options["channel"])
        archive = export_person(subject)
        record(Act.EXPORTED_PERSON, None, "insights_export_person", about=subject.customer)
        text = json.dumps(archive, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        if options["output"]:
            options["output"].write_text(text + "\n", encoding="utf-8")
            rows = sum(len(rows) for rows in archive["tables"].values())
            self.stderr.write(f"{rows} rows written to {options['output']}.")
        else:
            self.stdout.write(text)
