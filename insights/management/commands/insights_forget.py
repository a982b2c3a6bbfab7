"""Forget one person."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from insights.exceptions import InsightsError
from insights.management.base import InsightsCommand
from insights.models import Act
from insights.privacy import ErasureReceipt, find_receipt, find_subject, finish_pending, forget, record, stranger


class Command(InsightsCommand):
    """``manage.py insights_forget ID``."""

    help = "Forgets one person: deletes what is theirs, keeps orders as anonymous sums, prints a receipt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="the customer's id in the shop, or the e-mail address")
        parser.add_argument("--channel", help="needed only where several channels know the id")
        parser.add_argument(
            "--anyway",
            action="store_true",
            help="an e-mail address that no customer has: take it out of all texts, and keep it from coming",
        )
        parser.add_argument("--yes", action="store_true", help="do not ask; there is no way back")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            subject = find_subject(options["id"], options["channel"])
        except InsightsError:
            finish_pending()
            receipt = find_receipt(options["id"], options["channel"])
            if receipt is not None:
                self.stderr.write("This person has been forgotten already; here is the receipt.")
                self._print(receipt)
                return
            unknown = stranger(options["id"]) if options["anyway"] else None
            if unknown is None:
                raise
            subject = unknown
        if not options["yes"]:
            self.stderr.write("This cannot be undone. Type “forget” to go on: ", ending="")
            self.stderr.flush()
            if sys.stdin.readline().strip() != "forget":
                raise CommandError("Nothing was done.")
        self._print(forget(subject))
        record(Act.FORGOT_PERSON, None, "insights_forget")

    def _print(self, receipt: ErasureReceipt) -> None:
        self.stdout.write(json.dumps(receipt.as_dict(), ensure_ascii=False, indent=2))
