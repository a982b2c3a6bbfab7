from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model
from django.test import override_settings

from insights.conf import settings
from insights.exceptions import ImportFileError, RunError
from insights.models import Event, Product, QuarantinedRow, Run, SyncCursor, Visit
from insights.sources import access_logs, cursors
from insights.sources.access_hits import Reading, session_of, without_machines
from insights.sources.access_logs import LogOptions, follow_log, import_log

pytestmark = pytest.mark.django_db

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def line(
    path: str = "/", at: str = "13:00:00", *, ip: str = "203.0.113.77", agent: str = AGENT, status: int = 200,
    method: str = "GET", referrer: str = "-", day: str = "02",
) -> str:  # fmt: skip
    return f'{ip} - - [{day}/Mar/2026:{at} +0000] "{method} {path} HTTP/1.1" {status} 512 "{referrer}" "{agent}"\n'


@pytest.fixture
def mug() -> Product:
    return Product.objects.create(
        channel="shop",
        external_id="mug",
        name="Mug",
        url="https://shop.example/p/mug-%C3%A9/",
        recorded_at=datetime.now(UTC),
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


def test_import_log__pages_products_and_searches(log: Path, mug: Product) -> None:
    log.write_text(
        line(
            "/?utm_source=mail&utm_medium=email&utm_campaign=spring&token=secret", referrer="https://news.example/a?b=c"
        )
        + line("/p/mug-%C3%A9/?ref=1", "13:01:00", referrer="https://shop.example/?q=x")
        + line("/zh/p/mug-é", "13:02:00")
        + line("/search?q=blue+mug+ada@example.com", "13:03:00")
        + line("/static/app.js", "13:00:01")
        + line("/logo.PNG", "13:00:01")
        + line("/gone", "13:04:00", status=404)
        + line("/basket/add", "13:05:00", method="POST")
    )
    report = import_log(log)
    assert (report.log_format, report.lines) == ("combined", 8)
    assert report.left_out == {"asset": 2, "status": 1, "method": 1}
    assert report.rows.created == 7
    assert Event.objects.filter(name="page_view").count() == 4
    assert list(Event.objects.filter(name="view_item").values_list("product", flat=True)) == [mug.pk, mug.pk]
    assert Event.objects.get(name="search").query == "blue mug …"
    first = Event.objects.get(page="/")
    assert first.occurred_at == datetime(2026, 3, 2, 13, tzinfo=UTC)
    assert (first.utm_source, first.utm_medium, first.utm_campaign) == ("mail", "email", "spring")
    assert first.referrer == "https://news.example/a"
    assert not Event.objects.exclude(page="/").exclude(referrer="").exists()
    visit = Visit.objects.get()
    assert (visit.channel, visit.page_views, visit.views, visit.device) == ("access-log", 4, 2, "desktop")


def test_import_log__machines_are_labelled_and_not_counted(log: Path) -> None:
    log.write_text(line("/a", agent=BOT) + line("/b"))
    import_log(log)
    assert dict(Event.objects.values_list("page", "bot")) == {"/a": "crawler", "/b": ""}
    assert dict(Event.objects.values_list("page", "counts")) == {"/a": False, "/b": True}


def everything_stored() -> Iterator[str]:
    for model in (Event, Visit, QuarantinedRow, Run, SyncCursor):
        for row in model._default_manager.all():
            assert isinstance(row, Model)
            yield repr({field.name: getattr(row, field.attname) for field in row._meta.concrete_fields})


def test_import_log__no_address_is_stored(log: Path) -> None:
    log.write_text(
        line("/a", ip="203.0.113.77")
        + line("/a", ip="2001:db8:85a3:8d3:1319:8a2e:370:7348")
        + "203.0.113.77 what is this, ada@example.com 2001:db8:85a3:8d3:1319:8a2e:370:7348\n"
    )
    import_log(log, LogOptions(log_format="combined"))
    assert QuarantinedRow.objects.get().rule == "unreadable_row"
    stored = "\n".join(everything_stored())
    for secret in ("203.0.113.", "2001:db8", "8a2e", "ada@example", "Firefox/140"):
        assert secret not in stored, secret


def test_import_log__a_visitor_is_known_for_a_day_and_no_longer(log: Path) -> None:
    log.write_text(
        line("/a", ip="203.0.113.77")
        + line("/b", "13:01:00", ip="203.0.113.78")
        + line("/c", ip="203.0.114.1")
        + line("/d", ip="203.0.113.77", day="03")
    )
    import_log(log)
    key = dict(Event.objects.values_list("page", "session_key"))
    assert key["/a"] == key["/b"]
    assert len({key["/a"], key["/c"], key["/d"]}) == 3
    with override_settings(SECRET_KEY="another"):
        session_of.cache_clear()
        assert session_of("203.0.113.0", AGENT, "", datetime(2026, 3, 2).date()) not in key.values()
    session_of.cache_clear()


def test_import_log__who_refused_leaves_nothing(log: Path) -> None:
    log.write_text(
        '{"ip": "1.2.3.4", "time": "2026-03-02T13:00:00Z", "request": "GET / HTTP/1.1", "status": 200, "dnt": 1}\n'
    )
    report = import_log(log)
    assert (report.log_format, report.left_out) == ("json", {"refused": 1})
    assert not Event.objects.exists()
    with (
        override_settings(INSIGHTS={"TRACKING": "none"}),
        pytest.raises(ImportFileError, match="nothing of visitors may be recorded"),
    ):
        import_log(log)
    assert settings.TRACKING != "none"


def test_import_log__again_and_under_another_name_changes_nothing(log: Path) -> None:
    log.write_text(line("/a") + line("/b"))
    assert import_log(log).rows.created == 2
    assert import_log(log).lines == 0
    packed = log.parent / "old.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    again = import_log(packed)
    assert (again.lines, again.rows.created, again.rows.unchanged) == (2, 0, 2)


def test_import_log__days(log: Path) -> None:
    log.write_text("".join(line(f"/{day}", day=day) for day in ("01", "02", "03", "04")))
    options = LogOptions(since=datetime(2026, 3, 2, tzinfo=UTC), until=datetime(2026, 3, 4, tzinfo=UTC))
    assert import_log(log, options).left_out == {"time": 2}
    assert set(Event.objects.values_list("page", flat=True)) == {"/02", "/03"}


def test_import_log__killed_between_events_and_place_nothing_is_lost_or_twice(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write_text("".join(line(f"/{number}") for number in range(4_000)))
    parts = 0

    class Killed(BaseException):
        pass

    def kill(self: Any, rows: Any, also: Any = None) -> Any:
        nonlocal parts
        parts += 1
        report = load(self, rows, also)
        if parts == 3:
            raise Killed
        return report

    load = access_logs.Loader.load
    with monkeypatch.context() as patch:
        patch.setattr(access_logs.Loader, "load", kill)
        with pytest.raises(Killed):
            import_log(log)
    before = Event.objects.count()
    assert 0 < before < 4_000
    report = import_log(log)
    assert report.rows.created == 4_000 - before
    assert report.rows.unchanged == 0
    assert set(Event.objects.values_list("page", flat=True)) == {f"/{number}" for number in range(4_000)}


def test_follow_log__through_a_rotation(log: Path) -> None:
    steps = iter(
        [
            lambda: log.write_text(line("/a")),
            lambda: add(log, line("/b")),
            lambda: (add(log, line("/c")), log.rename(log.parent / "access.log.1")),
            lambda: log.write_text(line("/d")),
        ]
    )

    def stop() -> bool:
        step = next(steps, None)
        if step is None:
            return True
        step()
        return False

    seen = [report.rows.created for report in follow_log(log, every=0, stop=stop)]
    assert sum(seen) == 4
    assert set(Event.objects.values_list("page", flat=True)) == {"/a", "/b", "/c", "/d"}
    assert Run.objects.get().report["lines"] == 4


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_follow_log__excludes_an_import(log: Path) -> None:
    log.write_text(line("/a"))
    with cursors.lease("access-log", "import"), pytest.raises(RunError, match="is running"):
        next(follow_log(log, every=0))


def test_import_log__what_cannot_be_read_is_said(log: Path) -> None:
    with pytest.raises(ImportFileError, match="cannot be read"):
        import_log(log)
    log.write_text("what\nis\nthis\n")
    with pytest.raises(ImportFileError, match="--log-format"):
        import_log(log)
    assert Run.objects.latest("pk").state == "failed"


def test_product_of__only_whole_paths() -> None:
    reading = Reading({"/p/mug": "mug", "/": "home"})
    assert [reading.product_of(path) for path in ("/p/mug", "/p/mug/", "/p/mug/reviews", "/p", "/zh-hans/p/mug")] == [
        "mug", "mug", "", "", "mug",
    ]  # fmt: skip


def test_without_machines() -> None:
    assert without_machines("203.0.113.9 2001:db8::1 ::1 a@b.example /p") == "… … … … /p"
