from __future__ import annotations

from pathlib import Path

import pytest

from insights.collect import decide, recount
from insights.models import Event, Visit
from insights.sources import access_assets
from insights.sources.access_logs import import_log
from tests.insights.sources.test_access_logs import BOT, line

pytestmark = pytest.mark.django_db


def browsing(ip: str, *, loads: bool, at: int = 0) -> str:
    said = ""
    for minute, page in enumerate(["/", "/a", "/b"]):
        said += line(page, f"13:{at + minute:02}:00", ip=ip)
        if loads:
            said += line("/static/shop.css", f"13:{at + minute:02}:01", ip=ip)
    return said


# A session is over ten minutes before the last one of the day ends.
LATE = line("/late", "14:00:00", ip="192.0.2.5")


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_assets, "ENOUGH", 2)


def labels() -> dict[str, int]:
    return {
        bot: Event.objects.filter(bot=bot).count() for bot in Event.objects.values_list("bot", flat=True).distinct()
    }


def test_pages_alone__are_no_browsers(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    people = "".join(browsing(f"203.0.{place}.1", loads=True) for place in range(3))
    log.write_text(people + browsing("198.51.100.9", loads=False) + LATE + line("/x", "14:00:01", agent=BOT))
    import_log(log)
    assert Event.objects.filter(bot="no_assets", counts=False).count() == 3
    assert Visit.objects.filter(assets=True, counts=True).count() == 3
    assert list(Visit.objects.filter(bot="no_assets").values_list("counts", "page_views")) == [(False, 3)]
    assert labels() == {"": 10, "no_assets": 3, "crawler": 1}
    decide("reason", "no_assets", "people")
    recount()
    assert Visit.objects.filter(bot="no_assets", counts=True).count() == 1


def test_a_log_without_pictures__says_nothing(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(browsing(f"203.0.{place}.1", loads=place == 0) for place in range(4)) + LATE)
    import_log(log)
    assert labels() == {"": 13}


def test_what_comes_later__takes_the_label_away(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    people = "".join(browsing(f"203.0.{place}.1", loads=True) for place in range(3))
    log.write_text(people + browsing("198.51.100.9", loads=False) + LATE)
    import_log(log)
    assert "no_assets" in labels()
    with log.open("a") as more:
        more.write(line("/tea.webp", "14:00:05", ip="198.51.100.9") + line("/c", "14:00:06", ip="198.51.100.9"))
    import_log(log)
    assert labels() == {"": 14}
    assert not Visit.objects.filter(counts=False).exists()


def test_two_pages__may_have_had_the_rest_in_the_cache(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    people = "".join(browsing(f"203.0.{place}.1", loads=True) for place in range(3))
    log.write_text(people + line("/", "13:00:00", ip="198.51.100.9") + line("/a", "13:01:00", ip="198.51.100.9") + LATE)
    import_log(log)
    assert "no_assets" not in labels()
