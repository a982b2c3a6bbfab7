"""The wheel, in an environment with the core's own dependencies and no others, in a project that knows no demo shop."""

from __future__ import annotations

import importlib.metadata as metadata
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import missing

pytestmark = pytest.mark.services

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = ROOT / "pyproject.toml"
HEAVY = ("numpy", "scipy", "sklearn", "pandas", "numba", "duckdb", "langchain", "langchain_core", "celery", "opencc")
LIGHT = 60
"""Megabytes that the app may add to a web process above Django."""


@dataclass(frozen=True)
class Host:
    """A fresh project in a fresh environment."""

    python: Path
    project: Path

    def run(self, *arguments: str, fails: bool = False) -> str:
        """What ``manage.py`` prints; on the error stream where it is to fail."""
        done = subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=self.project,
            env={key: value for key, value in os.environ.items() if not key.startswith(_OURS)},
            capture_output=True,
            text=True,
            timeout=280,
        )
        assert (done.returncode != 0) is fails, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stderr if fails else done.stdout

    def shell(self, code: str) -> str:
        """The last line that a piece of Python prints."""
        return self.run("shell", "-v", "0", "-c", code).strip().splitlines()[-1]

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        """Change a file of the project."""
        file = self.project / name
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")

    def contents(self) -> set[str]:
        """All that is in the database but the counters of keys, which never go back."""
        with sqlite3.connect(self.project / "db.sqlite3") as database:
            return {line for line in database.iterdump() if "sqlite_sequence" not in line}


_OURS = ("DJANGO_", "INSIGHTS_", "COV_", "PYTHON", "DATABASE_URL", "CELERY_")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """The project, filled with purchases; our app is installed and has no tables yet."""
    home = tmp_path_factory.mktemp("host")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(home), str(ROOT)],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    wheel = next(home.glob("*.whl"))
    venv.create(home / "env", with_pip=False)
    python = home / "env" / "bin" / "python"
    library = next((home / "env" / "lib").glob("python*")) / "site-packages"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(library)], check=True)
    for name in core_dependencies():
        link(metadata.distribution(name), library)
    found = Host(python, shutil.copytree(Path(__file__).parent / "tiny", home / "project"))
    take_out(found)
    found.run("makemigrations", "tinyshop")
    found.run("migrate")
    found.run("fill")
    shutil.copytree(found.project, home / "before")
    put_in(found)
    shutil.copytree(found.project, home / "fresh")
    return found


@pytest.fixture(scope="module")
def trained(host: Host) -> Host:
    """The project once it is migrated, synced and trained."""
    host.run("migrate")
    host.shell(
        "from django.contrib.auth.models import User; "
        "print(User.objects.get_or_create(username='boss', is_staff=True, is_superuser=True))"
    )
    host.run("insights_sync")
    host.run("insights_train")
    return host


def core_dependencies() -> set[str]:
    """The distributions that the wheel needs without any extra, all the way down."""
    import tomllib

    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    found: set[str] = set()
    waiting = [Requirement(text) for text in project["dependencies"]]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        extras = sorted(wanted.extras) or [""]
        if f"{name}{extras}" in found or (
            wanted.marker and not any(wanted.marker.evaluate({"extra": extra}) for extra in extras)
        ):
            continue
        found.add(f"{name}{extras}")
        try:
            further = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            missing(f"{name}, which the core needs, is not installed here")
        for text in further:
            inner = Requirement(text)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in ["", *wanted.extras]):
                inner.marker = None
                waiting.append(inner)
    return {name.partition("[")[0] for name in found}


def link(distribution: metadata.Distribution, library: Path) -> None:
    """Show a distribution of the running environment in another one."""
    for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
        target = library / top
        if not target.exists():
            target.symlink_to(Path(str(distribution.locate_file(top))).resolve())


def lines(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line.strip())


def test_wheel__holds_the_app_and_nothing_else(host: Host) -> None:
    code = "import importlib.metadata as m, json; print(json.dumps([str(f) for f in m.files('django-shop-insights')]))"
    files = json.loads(host.shell(code))
    assert {name.split("/")[0] for name in files if ".dist-info/" not in name} == {"insights"}
    for ending in ("py.typed", ".mo", "en.toml", "zh.toml", "panel.css", "beacon.js", "panel/overview.html"):
        assert any(name.endswith(ending) for name in files), ending


def test_new_project__is_told_what_to_do_first(host: Host) -> None:
    host = Host(host.python, host.project.parent / "fresh")
    draft = host.run("insights_init")
    for line in ('model = "tinyshop.Article"', 'placed_at = "made"', 'order = "purchase"', 'status_field = "state"'):
        assert line in draft
    told = host.run("insights_ask", "How many orders in total?", fails=True)
    assert [line for line in lines(told) if "manage.py migrate" not in line] == [], "one line, and no traceback"


def test_new_project__syncs_trains_answers_and_shows(trained: Host) -> None:
    trained.run("check")
    again = json.loads(trained.run("insights_sync", "--json"))
    assert again["kinds"]["orders"]["read"] > 0 or again["kinds"]["orders"]["unchanged"] >= 0
    assert all(said["created"] == said["updated"] == said["deleted"] == 0 for said in again["kinds"].values())
    doctor = json.loads(trained.run("insights_doctor", "--json"))
    assert doctor["ok"], doctor
    published = json.loads(
        trained.shell("import json; from insights.models import Publication as P; print(P.objects.count())")
    )
    assert published >= 3

    orders = int(
        trained.shell("from tinyshop.models import Purchase; print(Purchase.objects.exclude(state='VOID').count())")
    )
    answer = json.loads(trained.run("insights_ask", "How many orders in total?", "--json"))
    assert answer["kind"] == "number"
    assert answer["rows"][0][-1] == orders
    chinese = json.loads(trained.run("insights_ask", "一共有多少订单？", "--json"))
    assert chinese["rows"] == answer["rows"]

    shown = json.loads(
        trained.run("insights_recommend", "--product", "A1", "--type", "similar", "--limit", "3", "--json")
    )
    assert len(shown["items"]) == 3


def test_new_project__serves_pages_widgets_panel_and_api(trained: Host) -> None:
    code = """
import json
from django.contrib.auth.models import User
from django.test import Client
boss = User.objects.get(username="boss")
client = Client(HTTP_HOST="localhost")
client.force_login(boss)
pages = ["", "segments/", "customers/", "customers/1/", "training/", "data/", "ask/"]
print(json.dumps({
    "widget": "ins-recs" in client.get("/p/A1/").content.decode(),
    "home": "ins-recs" in client.get("/").content.decode(),
    "panel": [client.get("/admin/insights/" + page).status_code for page in pages],
    "api": client.post("/insights/api/query/", {"metrics": ["orders"]}, "application/json").json()["totals"]["orders"],
    "stranger": Client(HTTP_HOST="localhost").get("/insights/api/metrics/").status_code,
}))
"""
    said = json.loads(trained.shell(code))
    orders = said.pop("api")
    assert orders > 0
    assert said == {"widget": True, "home": True, "panel": [200] * 7, "stranger": 403}


def test_web_process__stays_light(trained: Host) -> None:
    code = """
import json, resource, sys
from django.urls import get_resolver
get_resolver().reverse_dict
from django.contrib import admin
admin.autodiscover()
from importlib.util import find_spec
if find_spec("insights") and "insights" in sys.modules:
    import insights
    insights.Adapter, insights.track
print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, sorted(sys.modules)]))
"""
    script = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'; django.setup()\n" + code

    def measure() -> tuple[float, list[str]]:
        done = subprocess.run(
            [trained.python, "-c", script], cwd=trained.project, capture_output=True, text=True, check=True
        )
        size, modules = json.loads(done.stdout)
        return size, modules

    size, modules = measure()
    try:
        take_out(trained)
        bare, without = measure()
    finally:
        put_in(trained)
    assert "insights.urls" in modules
    assert "insights" not in without
    assert [name for name in HEAVY if name in modules] == []
    assert size - bare < LIGHT, f"{size:.0f} MB against {bare:.0f} MB"


def take_out(host: Host) -> None:
    """What an owner takes out of the project."""
    host.edit("settings.py", lambda text: text.replace('    "insights",\n', ""))
    host.edit("urls.py", lambda text: text.replace('    path("insights/", include("insights.urls")),\n', ""))


def put_in(host: Host) -> None:
    """What an owner writes into the project."""
    for name in ("settings.py", "urls.py"):
        shutil.copy(Path(__file__).parent / "tiny" / name, host.project / name)


def test_removal__leaves_the_host_as_it_was(trained: Host) -> None:
    """The steps of ``docs/how-to/remove.md``, on a copy."""
    before = Host(trained.python, trained.project.parent / "before")
    other = Host(trained.python, shutil.copytree(trained.project, trained.project.parent / "removed"))
    kept = other.project / "var" / "insights"
    assert (kept / "models").is_dir()
    assert other.contents() != before.contents()

    other.run("migrate", "insights", "zero")
    take_out(other)
    other.run("remove_stale_contenttypes", "--include-stale-apps", "--no-input")
    for table in ("auth_user WHERE username = 'boss'", "django_session"):  # what the tests themselves did
        with sqlite3.connect(other.project / "db.sqlite3") as database:
            database.execute(f"DELETE FROM {table}")
    shutil.rmtree(kept)
    kept.parent.rmdir()
    assert other.contents() == before.contents()
    assert names(other.project) == names(before.project)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if "__pycache__" not in path.parts}
