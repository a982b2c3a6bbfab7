"""Ask the assistant from the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from unicodedata import combining, east_asian_width

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from insights.assistant import Answer, ask
from insights.management.base import InsightsCommand, end_of_day
from insights.panel.understood import chips


class Command(InsightsCommand):
    """``manage.py insights_ask "Which loyal customers are about to leave?"``."""

    help = "Answers a question about the shop, in English or Chinese."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--language", choices=["en", "zh"], help="of the answer; by default that of the question")
        parser.add_argument(
            "--as-of", type=end_of_day, help="YYYY-MM-DD: answer as it was known at the end of that day"
        )
        parser.add_argument("--conversation", help="the id of an earlier answer's conversation, to go on from it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = ask(
            options["question"],
            language=options["language"],
            as_of=options["as_of"],
            conversation=options["conversation"],
        )
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_dict(), ensure_ascii=False))
        else:
            self._print(answer)

    def _print(self, answer: Answer) -> None:
        self.stdout.write(answer.text)
        with override("zh-hans" if answer.language == "zh" else "en"):
            understood = " · ".join(f"{chip.label} {chip.value}" for chip in chips(answer.plan))
            table = self._table(answer) if answer.rows and answer.kind != "number" else []
        if understood:
            self.stdout.write(f"({understood})")
        if table:
            self.stdout.write("")
            for line in aligned(table, self._figures(answer)):
                self.stdout.write(line)
        for assumption in answer.assumptions:
            self.stdout.write(f"· {assumption}")
        for follow_up in answer.follow_ups:
            self.stdout.write(f"→ {follow_up}")
        if answer.conversation:
            self.stdout.write(f"\n--conversation {answer.conversation}")

    @staticmethod
    def _table(answer: Answer) -> list[list[str]]:
        """Labels and cells; where there is a comparison, its figures after the others."""
        from insights.assistant.wording import shown

        rows = [[shown(cell, column) for cell, column in zip(row, answer.columns, strict=True)] for row in answer.rows]
        head = [str(column["label"]) for column in answer.columns]
        if before := answer.comparison.get("rows"):
            metrics = [column for column in answer.columns if column["kind"] == "metric" and column["key"] != "share"]
            head += [_("%(metric)s before") % {"metric": column["label"]} for column in metrics]
            for row, then in zip(rows, before, strict=True):
                row += [shown(cell, column) for cell, column in zip(then, metrics, strict=True)]
        return [head, *rows]

    @staticmethod
    def _figures(answer: Answer) -> list[bool]:
        """Which columns are figures."""
        own = [column.get("kind") == "metric" for column in answer.columns]
        metrics = sum(column["kind"] == "metric" and column["key"] != "share" for column in answer.columns)
        return own + [True] * (metrics if answer.comparison.get("rows") else 0)


def aligned(table: Sequence[Sequence[str]], to_the_right: Sequence[bool]) -> list[str]:
    """Rows as lines of equal columns, figures to the right; a Chinese character is two places wide."""
    widths = [max(_width(row[index]) for row in table) for index in range(len(table[0]))]
    return [
        "  ".join(
            " " * (width - _width(cell)) + cell if right else cell + " " * (width - _width(cell))
            for cell, width, right in zip(row, widths, to_the_right, strict=True)
        ).rstrip()
        for row in table
    ]


def _width(text: str) -> int:
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)
