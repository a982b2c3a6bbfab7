"""``manage.py insights_init``: a first draft of the adapter, tried on the shop's own rows."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.db import DatabaseError

from insights.cleaning import Unusable
from insights.conf import settings
from insights.management.base import InsightsCommand
from insights.sources import KINDS, Adapter, draft_adapter, mapped

_ROWS = 5
_WIDTH = 24


class Command(InsightsCommand):
    """Draft an adapter."""

    help = "Looks at the shop's models and writes a draft of the adapter, with five rows of each kind as it maps them."
    requires_system_checks = []
    needs_tables = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="write the draft there, such as shop/adapter.py"
        )
        parser.add_argument("--force", action="store_true", help="write over a file that is there")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path | None = options["output"]
        if output is not None and output.exists() and not options["force"]:
            raise CommandError(f"{output} is there already. Give another --output, or --force to write over it.")
        found = draft_adapter()
        if not {"products", "orders"} & (found.kinds.keys() | found.halves.keys()):
            raise CommandError(
                "No model looks like a product or an order. Are the shop's apps in INSTALLED_APPS? "
                "An adapter can also be written by hand: see docs/reference/adapter.md."
            )
        # On its own the draft goes to standard output, so that it can be piped; all else must stay out of it.
        say = self.stderr if output is None else self.stdout
        say.style_func = None
        if output is None:
            self.stdout.write(found.text())
        else:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text(found.text(), encoding="utf-8")
            say.write(f"Written to {output}.")
        for problem in found.problems():
            say.write(f"{problem.id}: {problem.message} {problem.hint}")
        for kind in found.kinds:
            self._preview(say, found.adapter(), kind)
        for kind in found.halves:
            say.write(f"\n{KINDS[kind].inner} is not complete: {found.missing[kind]}")
            for name, wanted in found.gaps(kind).items():
                say.write(f"  {name:18}{wanted}")
        gaps = "fill in what is not complete, " if found.halves else ""
        say.write(
            f"\nNext: look at each comment in the draft, {gaps}name the class in the settings,\n\n"
            f'    INSIGHTS = {{"ADAPTERS": ["{_dotted(output)}"], "BASE_CURRENCY": "{settings.BASE_CURRENCY}"}}\n\n'
            "run manage.py check, then manage.py insights_sync."
        )

    def _preview(self, say: OutputWrapper, adapter: Adapter, kind: str) -> None:
        source = mapped(adapter, kind)
        assert source is not None
        say.write(f"\n{source.kind.inner}, as {source.model._meta.label} gives them", ending="")
        try:
            rows = [given.values for given in source.after(None, _ROWS)]
            faults = {str(value) for row in rows for value in row if isinstance(value, Unusable)}
        except DatabaseError as error:
            say.write(f": its table cannot be read ({str(error).strip()}). Run manage.py migrate first.")
            return
        say.write(":" if rows else ": there are none yet.")
        if rows:
            for column, name in enumerate(source.names):
                cells = "  ".join(_cell(row[column]).ljust(_WIDTH) for row in rows)
                say.write(f"  {name:18}{cells.rstrip()}")
        for fault in sorted(faults):
            say.write(f"  ! {fault}")


def _dotted(output: Path | None) -> str:
    """The path of the class in a file under the project's folder, such as ``shop.adapter.ShopAdapter``."""
    module = (output or Path("shop/adapter.py")).with_suffix("")
    if module.is_absolute():
        module = module.relative_to(Path.cwd()) if module.is_relative_to(Path.cwd()) else Path(module.name)
    return ".".join([*module.parts, "ShopAdapter"])


def _cell(value: Any) -> str:
    if isinstance(value, Unusable):
        return "fails"
    text = "–" if value is None or value == "" else " ".join(str(value).split())
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
