"""What all tests share: where the real data is, and services and browsers that CI must have."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.utils import translation

from tests.deployment import Deployment, build

REAL_DATA = Path(os.environ.get("INSIGHTS_REAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


# How long an example takes says how busy the machine is. The gate tries the same ones each time, so that it fails for a
# change and not by chance; new ones are for those who work here.
_SAID = {"deadline": None, "derandomize": "CI" in os.environ}
hypothesis.settings.register_profile("default", **_SAID)
# For what has been tried with all examples already, on another database.
hypothesis.settings.register_profile("again", max_examples=15, **_SAID)
hypothesis.settings.load_profile("default")


def examples(most: int) -> int:
    """So many examples, or fewer where the profile wants fewer."""
    return min(most, hypothesis.settings.default.max_examples)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: browsers, servers and workers are waited for."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the suites on the servers, each of which takes minutes: one at the head of each worker's share."""
    long = [item for item in items if item.nodeid.startswith("tests/test_databases.py")]
    rest = [item for item in items if not item.nodeid.startswith("tests/test_databases.py")]
    share = len(items) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 2))
    for at, item in enumerate(long):
        rest.insert(at * share, item)
    items[:] = rest


def missing(what: str) -> None:
    """Skip on a laptop; fail in CI, where nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}: required in CI")
    pytest.skip(what)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page in Chinese leaves its language behind in the thread; the next test begins without it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the public data sets, or a skip."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"no real data in {REAL_DATA}; set INSIGHTS_REAL_DATA")
    return REAL_DATA


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The machine's own browser; one for all tests, since Playwright takes no second loop in a thread."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            system = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox"])
        except Error as error:
            missing(f"no Chromium: {error}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Deployment:
    """A deployment with empty tables; to be copied."""
    with django_db_blocker.unblock():
        return build(_shared(tmp_path_factory) / "empty-deployment")


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Deployment:
    """A deployment with a small shop, synced, and trained once on how customers fall into segments; to be copied."""

    def fill(folder: Path) -> None:
        from insights.sources import sync
        from insights.training import train
        from shop_demo.simulator import simulate

        simulate(folder / "simulator", customers=120, days=150, seed=3)
        sync()
        train(["segmentation"])

    with django_db_blocker.unblock():
        return build(_shared(tmp_path_factory) / "grown-deployment", fill)


@pytest.fixture
def shared(transactional_db: None, empty: Deployment, tmp_path: Path) -> Iterator[None]:
    """A database that several threads see: the server's, or a file, since SQLite in memory locks tables of its own."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    with empty.copy(tmp_path / "shared").here():
        yield


def _shared(factory: pytest.TempPathFactory) -> Path:
    """The folder of this test run, also where it is spread over processes."""
    base = factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
