"""What a widget would show."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from insights.management.base import InsightsCommand
from insights.serving import TYPES, Recommendations, recommend


class Command(InsightsCommand):
    """``manage.py insights_recommend --customer 1042``."""

    help = "Prints the products that a widget would show, with their reasons."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customer", help="the customer's id in the shop; without it, what a stranger is shown")
        parser.add_argument("--product", help="the id of the product whose page it is")
        parser.add_argument("--type", default="for_you", help=f"one of {', '.join(TYPES)}; by default for_you")
        parser.add_argument("--limit", type=int, help="the most products")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = recommend(options["customer"], options["product"], options["type"], options["limit"])
        if options["json"]:
            self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False))
        else:
            self._print(found)

    def _print(self, found: Recommendations) -> None:
        if not found.items:
            self.stdout.write("No product is on sale. Fill the tables first: manage.py insights_sync.")
            return
        width = max(len(item.product.external_id) for item in found.items)
        for item in found.items:
            name = f"{item.product.external_id.ljust(width)}  {item.product.name}"
            self.stdout.write(f"{item.score:.3f}  {name}  ({item.reason}; {item.source})")
