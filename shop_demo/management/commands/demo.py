"""``manage.py demo``: the shop, two years of history, trained models, and the address to open."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from insights.models import STATE_SLOT, Publication
from insights.models import Order as Taken
from shop_demo.models import Order
from shop_demo.online_retail import clear_shop
from shop_demo.simulator import ADMIN, CUSTOMER, PASSWORD
from shop_demo.simulator.advertising import FILE
from shop_demo.simulator.truth import FACTS

HOST = "127.0.0.1"
_PATIENCE = 20
"""Seconds that a process has to end by itself."""


class Command(BaseCommand):
    """Build the demo shop, run the whole pipeline on it, and serve it."""

    help = "Builds the demo shop, syncs, trains and serves it. A second run goes straight to serving."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop after the training")
        parser.add_argument("--customers", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_serve"]:
            self._check_port(options["port"])
        started = time.perf_counter()
        self._step("Database", lambda: call_command("migrate", verbosity=0))
        fresh = not self._holds(options["customers"], options["seed"])
        if fresh:
            self._step("Simulated shop", lambda: self._simulate(options["customers"], options["seed"]))
        # After another shop was simulated, what is left of the old one has to be found and taken out.
        full = fresh and Taken.objects.exists()
        self._step("Sync", lambda: call_command("insights_sync", full=full, stdout=self._quiet(), stderr=self.stderr))
        if fresh:
            self._step("Ad spend", self._import_spend)
            self._step("Duplicates", lambda: call_command("insights_duplicates", stdout=self._quiet()))
        if fresh or not Publication.objects.filter(slot=STATE_SLOT).exists():
            self._step(
                "Training", lambda: call_command("insights_train", "all", stdout=self._quiet(), stderr=self.stderr)
            )
        self.stdout.write(f"Ready after {time.perf_counter() - started:.0f} s.\n")
        self._tell(options["port"])
        if not options["no_serve"]:
            self._serve(options["port"])

    def _check_port(self, port: int) -> None:
        """Say so before minutes of work, not after them."""
        with socket.socket() as found:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                found.bind((HOST, port))
            except (OSError, OverflowError) as error:
                raise CommandError(
                    f"Port {port} cannot be used ({error}). Give another, such as --port {port % 60_000 + 1}; "
                    "with make: make demo ARGS='--port …'."
                ) from error

    def _step(self, name: str, work: Any) -> None:
        self.stdout.write(f"{name} …", ending="\n" if self.stderr.isatty() else " ")
        self.stdout.flush()
        started = time.perf_counter()
        work()
        self.stdout.write(f"  done in {time.perf_counter() - started:.0f} s")
        self.stdout.flush()

    def _holds(self, customers: int, seed: int) -> bool:
        """Whether the shop is already what it is asked to be."""
        facts = settings.VAR / "simulator" / FACTS
        if not Order.objects.exists():
            return False
        if not facts.exists():
            raise CommandError(
                "The shop holds other data, such as Online Retail. Take it out first: manage.py shop_simulate --replace"
            )
        said = json.loads(facts.read_text(encoding="utf-8"))
        return (said["customers"], said["seed"]) == (customers, seed)

    def _simulate(self, customers: int, seed: int) -> None:
        clear_shop()
        call_command("shop_simulate", customers=customers, seed=seed, stdout=self._quiet(), stderr=self.stderr)

    def _import_spend(self) -> None:
        path = settings.VAR / "simulator" / FILE
        call_command("insights_import", "ad_spend", path, stdout=self._quiet(), stderr=self.stderr)

    def _quiet(self) -> Any:
        return StringIO()

    def _tell(self, port: int) -> None:
        home = f"http://localhost:{port}"
        self.stdout.write(
            f"\n  The shop      {home}/              sign in as {CUSTOMER} / {PASSWORD}\n"
            f"  The insights  {home}/admin/insights/   sign in as {ADMIN} / {PASSWORD}\n"
            f"  Ask           {home}/admin/insights/ask/\n"
        )

    def _serve(self, port: int) -> None:
        """Run the worker and the server until Ctrl-C, and let neither outlive the other."""
        manage = [sys.executable, sys.argv[0]]
        # Beat within the worker: the sync every five minutes and the training at night, as a small shop would run it.
        schedule = ["--beat", "--schedule", settings.CELERY_BEAT_SCHEDULE_FILENAME]
        # In a group of its own, so that a training it has begun is told to stop together with it.
        worker = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--loglevel", "warning", *schedule],
            start_new_session=True,
        )
        server = subprocess.Popen([*manage, "runserver", "--noreload", f"{HOST}:{port}"])  # noqa: S603
        self.stdout.write("Serving; Ctrl-C stops.")
        self.stdout.flush()
        try:
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            if code := server.wait():
                raise CommandError(f"The server stopped with {code}; what it said stands above.")
        except KeyboardInterrupt:
            self.stdout.write("\nStopping …")
        finally:
            server.terminate()
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGINT)
            for process in (server, worker):
                try:
                    process.wait(timeout=_PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
