"""The demo as it is deployed: a server, a worker on the embedded broker, a database in a file, and Chromium."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
_STARTED_WITHIN = 40


@dataclass(frozen=True)
class Demo:
    """A running demo."""

    url: str
    environment: dict[str, str]
    output: Path

    def said(self) -> str:
        """What its server and its worker printed."""
        return self.output.read_text()

    def manage(self, *arguments: str) -> str:
        """Run a command of the demo; gives what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=200,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A shop of 260 customers, synced and not trained yet, with a server and a worker."""
    folder = tmp_path_factory.mktemp("demo")
    dropped = ("DJANGO_", "DATABASE_URL", "CELERY_", "INSIGHTS_", "PYTEST_", "COV_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    port = _free_port()
    running = Demo(
        f"http://127.0.0.1:{port}", environment | {"INSIGHTS_VAR": str(folder), "DEBUG": "1"}, folder / "output.txt"
    )
    running.manage("migrate", "-v0")
    running.manage("shop_simulate", "--customers", "260")
    running.manage("insights_sync")
    commands = (
        ["manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        ["-m", "celery", "-A", "tasks", "worker", "--loglevel", "warning"],
    )
    with running.output.open("w") as output:
        processes = [
            subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=running.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            for command in commands
        ]
        try:
            _await(running)
            yield running
        finally:
            for process in processes:
                os.killpg(process.pid, signal.SIGTERM)
            for process in processes:
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


@pytest.fixture
def visitor(chromium: Any, demo: Demo) -> Iterator[Callable[..., Any]]:
    """Opens a window of somebody's own; what the browser complains about fails the test."""
    complaints: list[str] = []
    opened = []

    def visitor(agreed: bool | None = True, **options: Any) -> Any:
        context = chromium.new_context(base_url=demo.url, user_agent=PEOPLE, locale="en-GB", **options)
        context.set_default_timeout(15_000)
        opened.append(context)
        if agreed is not None:
            context.add_cookies([{"name": "shop_consent", "value": "all" if agreed else "none", "url": demo.url}])
        page = context.new_page()
        page.on(
            "console", lambda said: complaints.append(f"{said.text} {said.location['url']}") if _matters(said) else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield visitor
    for context in opened:
        context.close()
    assert complaints == []


def _matters(said: Any) -> bool:
    """Django's admin has no icon, and every browser asks for one; a form that is sent back is answered with 422."""
    icon, sent_back = said.location["url"].endswith("/favicon.ico"), "status of 422" in said.text
    return said.type == "error" and not (icon or sent_back)


def sign_in(page: Any, name: str) -> None:
    """Sign in to the shop."""
    page.goto("/account/sign-in/")
    page.get_by_label("E-mail").fill(name)
    page.locator("#id_password").fill("fern-and-kettle")
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account/")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _await(demo: Demo) -> None:
    end = time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(demo.url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the demo did not start: {demo.said()[-3000:]}")
