"""Nothing lost, nothing twice: events are sent while servers, workers and the database are killed at random.

``INSIGHTS_CROWD_EVENTS`` says how many (200,000); a database cluster of its own is made, so that it can be killed.
"""

from __future__ import annotations

import json
import logging
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import missing

pytestmark = [pytest.mark.slow, pytest.mark.services]

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
EVENTS = int(os.environ.get("INSIGHTS_CROWD_EVENTS", "200000"))
SENDERS, PER_BATCH = 4, 50
SETTINGS = "tests.insights.collect.crowd_settings"
COUNT = """
import json
from collections import Counter
from insights.models import Event, InboxBatch, QuarantinedRow, StaleSession, Visit
ids = Counter(str(value) for value in Event.objects.values_list("event_id", flat=True).iterator())
print(json.dumps({"ids": sorted(ids), "most": max(ids.values()), "states": Counter(InboxBatch.objects.values_list("state", flat=True)),
  "aside": QuarantinedRow.objects.filter(kind="inbox", resolved_at=None).count(), "stale": StaleSession.objects.count(),
  "batches": InboxBatch.objects.count(), "views": sum(Visit.objects.filter(counts=True).values_list("page_views", flat=True)),
  "counted": Event.objects.filter(name="page_view", counts=True).count()}))
"""


@dataclass
class Cluster:
    """A PostgreSQL server of the test's own."""

    folder: Path
    bin: Path
    port: int
    kills: int = 0

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, tool: str, *arguments: str) -> None:
        command = [str(self.bin / tool), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", *command]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c max_connections=60"
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-o", options, "-w", "start"
        )

    def kill(self) -> None:
        """As if the power were cut, and up again."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        self.kills += 1
        self.start()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (str(tools[-1]) if tools else "")
    if not found:
        missing("no PostgreSQL server to start")
    folder = Path(f"/tmp/insights-crowd-{os.getpid()}")
    folder.mkdir()
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    made = Cluster(folder, Path(found).parent, free_port())
    try:
        made.run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "--no-sync")
        made.start()
        yield made
        made.run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Stage:
    """The processes that are killed and started again."""

    environment: dict[str, str]
    log: Path
    running: dict[str, tuple[list[str], subprocess.Popen[bytes]]] = field(default_factory=dict)
    kills: int = 0

    def start(self, name: str, command: list[str]) -> None:
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.running[name] = (command, process)

    def kill(self, name: str) -> None:
        command, process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills += 1
        self.start(name, command)

    def stop(self) -> None:
        for _, process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return done.stdout.decode()


@pytest.fixture
def stage(cluster: Cluster, tmp_path: Path) -> Iterator[Stage]:
    dropped = ("DJANGO_", "CELERY_", "INSIGHTS_", "PYTEST_", "COV_", "TEST_DATABASE")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    made = Stage(
        environment
        | {
            "DATABASE_URL": cluster.url,
            "INSIGHTS_VAR": str(tmp_path / "var"),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONPATH": str(ROOT),
        },
        tmp_path / "log.txt",
    )
    made.manage("migrate", "-v0")
    try:
        yield made
    finally:
        made.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_every_accepted_event_is_there_once(cluster: Cluster, stage: Stage, tmp_path: Path) -> None:
    rng, ports = random.Random(11), [free_port(), free_port()]
    for port in ports:
        stage.start(f"web {port}", ["manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"])
    for number in range(2):
        stage.start(f"watch {number}", ["manage.py", "insights_collect", "--watch"])
    stage.start(
        "celery", ["-m", "celery", "-A", "tasks", "worker", "-Q", "events", "-P", "solo", "--loglevel", "error"]
    )
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    batches = EVENTS // PER_BATCH // SENDERS
    outs = [tmp_path / f"sent-{seed}.jsonl" for seed in range(SENDERS)]
    crowd = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.insights.collect.crowd",
                str(seed),
                str(batches),
                str(PER_BATCH),
                str(out),
                *urls,
            ],
            cwd=ROOT,
            env=stage.environment,
        )
        for seed, out in enumerate(outs)
    ]
    try:
        pause, restarts = 3.0, 0
        while any(process.poll() is None for process in crowd):
            time.sleep(rng.uniform(0.5 * pause, 1.5 * pause))
            sent = sum(out.read_bytes().count(b"\n") for out in outs if out.exists())
            if sent > (restarts + 1) * SENDERS * batches / 4 and restarts < 3:
                restarts += 1
                cluster.kill()
            else:
                stage.kill(rng.choice(sorted(stage.running)))
    finally:
        for process in crowd:
            process.kill()
            process.wait()
    assert [process.returncode for process in crowd] == [0] * SENDERS
    stage.stop()
    sent_batches = [json.loads(line) for out in outs for line in out.read_text().splitlines()]
    ids = sorted(uid for batch in sent_batches for uid in batch["ids"])
    assert len(ids) == len(set(ids)) == batches * SENDERS * PER_BATCH
    assert stage.kills > 5
    assert cluster.kills > 1

    # What a killed worker held waits for the end of its lease.
    end = time.monotonic() + 180
    found = {"states": {"waiting": 1}}
    while {"waiting", "working"} & set(found["states"]) and time.monotonic() < end:
        stage.manage("insights_collect")
        found = json.loads(stage.manage("shell", "-v0", "-c", COUNT))
        time.sleep(2)
    again = sum(batch["tries"] - 1 for batch in sent_batches)
    logger.warning(
        "%s events; %s processes and %s databases killed; %s batches sent again; %s in the inbox",
        *(len(ids), stage.kills, cluster.kills, again, found["batches"]),
    )
    assert set(found["states"]) <= {"done", "aside"}
    assert found["ids"] == ids
    assert found["most"] == 1
    # Each batch has one event that is none; a batch that was accepted twice lies there twice.
    assert len(sent_batches) <= found["aside"] == found["batches"]
    assert found["stale"] == 0
    assert found["views"] == found["counted"]
