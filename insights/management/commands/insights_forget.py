"""Forget one person."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from insights.management.base import InsightsCommand
from insights.models import Act
from insights.privacy import find_subject, forget, record


class Command(InsightsCommand):
    """``manage.py insights_forget ID``."""

    help = "Forgets one person: deletes what is theirs, keeps orders as anonymous sums, prints a receipt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="the customer's id in the shop, or the e-mail address")
        parser.add_argument("--channel", help="needed only where several channels know the id")
        parser.add_argument("--yes", action="store_true", help="do not ask; there is no way back")

    def handle(self, *args: Any, **options: Any) -> None:
        subject = find_subject(options["id"], options["channel"])
        if not options["yes"]:
            self.stderr.write("This cannot be undone. Type “forget” to go on: ", ending="")
            self.stderr.flush()
            if sys.stdin.readline().strip() != "forget":
                raise CommandError("Nothing was done.")
        receipt = forget(subject)
        record(Act.FORGOT_PERSON, None, "insights_forget")
        self.stdout.write(json.dumps(receipt.as_dict(), ensure_ascii=False, indent=2))
