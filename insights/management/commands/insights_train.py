"""``manage.py insights_train``: the whole pipeline, here or queued."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext

from insights.management.base import InsightsCommand, end_of_day
from insights.training import FAMILIES, RunReport, check_schema, enqueue, train


class Command(InsightsCommand):
    """Train the models."""

    help = "Trains the models on what the tables hold, and publishes those that are better."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("family", nargs="*", metavar="FAMILY", help=f"{', '.join(FAMILIES)}, or all, the default")
        parser.add_argument("--as-of", type=end_of_day, help="YYYY-MM-DD: with what was known at the end of that day")
        parser.add_argument("--queue", action="store_true", help="leave it to a worker")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        families = options["family"]
        check_schema()
        if options["queue"]:
            self._queue(families, options)
            return
        try:
            report = train(families, as_of=options["as_of"], requested_by="command line", progress=self._progress)
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was served before is served on.") from None
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
            return
        if self.stderr.isatty():
            self.stderr.write("\r", ending="\x1b[K")
        for item in report.runs:
            self._show(item)

    def _queue(self, families: list[str], options: dict[str, Any]) -> None:
        from insights.tasks import wake

        run = enqueue(families, as_of=options["as_of"], requested_by="command line")
        woken = wake(run.pk)
        if options["json"]:
            self.stdout.write(json.dumps({"run": str(run.uid), "woken": woken}))
        else:
            self.stdout.write(f"Queued as {run.uid}.")
        if not woken:
            self.stderr.write(
                "No broker could be reached: is CELERY_BROKER_URL set, and does it run? A worker looks into the queue "
                "when it starts, and each minute. Start one: celery -A tasks worker, or with your own project in "
                "place of tasks. Without a broker, train here: manage.py insights_train."
            )

    def _progress(self, share: float, message: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r  {share:4.0%} {gettext(message)}", ending="\x1b[K")
            self.stderr.flush()

    def _show(self, item: RunReport) -> None:
        name = f"{item.family} / {item.model}"
        if item.needs:
            self.stdout.write(f"{name}: not enough data yet")
            for need in item.needs:
                self.stdout.write(
                    f"  {'✓' if need.ok else '·'} {gettext(need.label)}: {need.have:,} of {need.needed:,}"
                )
            return
        measured = ", ".join(
            f"{key} {value:.3f}" + (f" ({item.baseline[key]:.3f})" if isinstance(item.baseline.get(key), float) else "")
            for key, value in item.metrics.items()
            if isinstance(value, float) and key in _SHOWN
        )
        self.stdout.write(f"{name}: {item.recipe} from {item.rows:,} rows in {item.seconds:.1f} s")
        self.stdout.write(f"  {measured}")
        self.stdout.write(f"  {gettext(item.verdict)}")


_SHOWN = ("auc", "f1", "average_precision", "brier", "ndcg", "hit_rate", "rmse", "mae", "silhouette", "stability")
"""What a line says, with the simple rule's value beside it."""
