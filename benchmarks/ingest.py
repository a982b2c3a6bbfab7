"""Events from the inbox to the tables against a bare COPY of the same rows: ``python -m benchmarks.ingest``.

``DATABASE_URL`` names a PostgreSQL server; a database of its own is made there and dropped. Processor seconds are
those of this process and of its backend, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")
_PRODUCTS = 2_000
_NAMES = ("page_view", "view_item", "view_item", "view_item", "search", "add_to_cart")


@dataclass
class Cost:
    """What a piece of work took."""

    wall: float
    ours: float
    server: float

    @property
    def cpu(self) -> float:
        """Processor seconds, both sides."""
        return self.ours + self.server


class Watch:
    """Times a block."""

    def __enter__(self) -> Watch:
        self.began = (time.perf_counter(), time.process_time(), _backend())
        return self

    def __exit__(self, *_: object) -> None:
        wall, ours, server = self.began
        self.cost = Cost(time.perf_counter() - wall, time.process_time() - ours, _backend() - server)


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--batch", type=int, default=10, help="events a batch")
    parser.add_argument("--stored", type=int, default=2_000_000, help="rows in the table in the last measurement")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_demo.settings")
    import django

    django.setup()
    from django.db import connection

    if connection.vendor != "postgresql":
        raise SystemExit("Set DATABASE_URL to a PostgreSQL server: COPY is what is compared with.")
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        _measure(chosen.events, chosen.batch, chosen.stored)
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _measure(events: int, per_batch: int, stored: int) -> None:
    from insights.collect import work
    from insights.models import Event, InboxBatch, Product, StaleSession, Visit, Visitor

    Product.objects.bulk_create(Product(external_id=f"sku-{n}", name=f"Product {n}") for n in range(_PRODUCTS))
    _send(5_000, per_batch)  # warms caches and plans
    work()
    _empty(Event, Visit, Visitor, StaleSession)

    with Watch() as accepting:
        _send(events, per_batch, bulk=False)
    print(f"{events:,} events in batches of {per_batch}")
    print(f"  kept in the inbox, a transaction a batch   {accepting.cost.cpu / events * 1e6:7.0f} µs an event (CPU)")
    with Watch() as working:
        report = work()
    assert report.events == events == Event.objects.count(), report
    ours = _told("inbox to tables, identity, checks and visits", working.cost, events)

    rows = _copied_out(Event)
    _empty(Event)
    with Watch() as copying:
        _copy_in(Event, rows)
    assert Event.objects.count() == events
    bare = _told("bare COPY of the same rows, same indexes", copying.cost, events)
    print(f"  ratio to COPY, by CPU {ours / bare:.3f} (an eighth is 0.125), "
          f"by wall {copying.cost.wall / working.cost.wall:.3f}")  # fmt: skip

    print("\ncost of an event as the table grows (CPU, both sides)")
    there = 0
    for level in (0, stored // 10, stored // 2, stored):
        if level > there:
            _fill(level - there)
        _empty(InboxBatch)
        _send(events // 2, per_batch)
        with Watch() as working:
            work()
        there = Event.objects.count()
        each = events // 2 / 1e6
        print(
            f"  {level:>10,} rows  {working.cost.cpu / each:5.0f} µs "
            f"({working.cost.ours / each:.0f} here + {working.cost.server / each:.0f} in the server)",
            flush=True,
        )


def _told(what: str, cost: Cost, events: int) -> float:
    """Print a line; gives events a second and core."""
    rate = events / cost.cpu
    print(
        f"  {what:44} {rate:8,.0f} events/s a core  ({cost.ours:.1f} s here + {cost.server:.1f} s in the server, "
        f"{cost.wall:.1f} s by the clock)"
    )
    return rate


def _send(events: int, per_batch: int, *, bulk: bool = True) -> None:
    """Fill the inbox with what browsers send: several batches a visitor, among new and known ones."""
    from django.utils import timezone

    from insights.collect import inbox
    from insights.collect.sender import Sender
    from insights.collect.uuid7 import uuid7
    from insights.models import InboxBatch

    rng, now = random.Random(time.time_ns()), timezone.now()
    sent = int(now.timestamp() * 1000)
    made, day = [], f"{rng.getrandbits(64):016x}"
    for _ in range(events // per_batch):
        visitor = f"{day}{rng.randrange(max(events // 50, 1)):016x}"
        happened = []
        for n in range(per_batch):
            name, sku = rng.choice(_NAMES), f"sku-{rng.randrange(_PRODUCTS)}"
            params: dict[str, Any] = {"items": [{"item_id": sku, "price": 7.5, "quantity": 1}], "currency": "GBP"}
            if name in ("page_view", "search"):
                params = {"search_term": f"green tea {n}"} if name == "search" else {}
            happened.append(
                {"id": str(uuid7()), "name": name, "at": sent - 1000 * n - rng.randrange(1000), "params": params}
            )
        page = f"https://shop.example/p/{rng.randrange(_PRODUCTS)}/?utm_source=news&utm_medium=email"
        body = json.dumps({"sent_at": sent, "page": page, "referrer": "https://search.example/", "events": happened})
        sender = Sender("full", visitor, None, visitor, "shop.example", "mobile")
        if bulk:
            made.append(
                InboxBatch(received_at=now, mode="full", visitor_key=visitor, session_key=visitor, host=sender.host,
                           device=sender.device, body=body.encode())
            )  # fmt: skip
        else:
            inbox.accept(body.encode(), sender, received_at=now)
    InboxBatch.objects.bulk_create(made, batch_size=500)


def _columns(model: Any) -> str:
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if not field.primary_key)


def _copied_out(model: Any) -> bytes:
    from django.db import connection

    out = io.BytesIO()
    statement = f'COPY (SELECT {_columns(model)} FROM "{model._meta.db_table}" ORDER BY id) TO STDOUT'
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            out.write(block)
    return out.getvalue()


def _copy_in(model: Any, rows: bytes) -> None:
    from django.db import connection

    statement = f'COPY "{model._meta.db_table}" ({_columns(model)}) FROM STDIN'
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(rows), 1 << 20):
            copy.write(rows[start : start + (1 << 20)])


def _fill(count: int) -> None:
    """Older events of other people, as like the new ones as the indexes can tell."""
    from django.db import connection
    from django.utils import timezone

    from insights.models import Event, Product, Visitor

    now = timezone.now()
    people = [Visitor(key=os.urandom(16).hex(), first_seen=now, last_seen=now) for _ in range(count // 200)]
    visitors = [row.pk for row in Visitor.objects.bulk_create(people, batch_size=2000)]
    first = Product.objects.order_by("pk").values_list("pk", flat=True)[0]
    blank = {
        field.column: "false" if field.get_internal_type() == "BooleanField" else "''"
        for field in Event._meta.concrete_fields
        if not field.primary_key and not field.null
    }
    uuid = "(lpad(to_hex(ms), 12, '0') || '{}' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid"
    moment = "to_timestamp(ms / 1000.0)"
    values = blank | {
        "event_id": uuid.format(7),
        "fingerprint": uuid.format(8),
        "channel": "'shop'",
        "name": "(ARRAY['page_view', 'view_item', 'search', 'add_to_cart'])[1 + ms % 4]",
        "occurred_at": moment,
        "recorded_at": moment,
        "local_date": f"{moment}::date",
        "visitor_id": "who",
        "session_key": f"md5(who::text || {moment}::date::text)",
        "product_id": f"{first} + ms % {_PRODUCTS}",
        "page": "'/p/' || ms % 2000 || '/'",
        "device": "'mobile'",
        "properties": "'{}'::jsonb",
        "counts": "true",
    }
    latest = int(now.timestamp() * 1000) - 3_600_000
    with connection.cursor() as cursor, _without_indexes(cursor, Event._meta.db_table):
        cursor.execute(
            f'INSERT INTO "{Event._meta.db_table}" ({", ".join(values)}) SELECT {", ".join(values.values())} FROM '
            f"(SELECT {latest} - (n::bigint * 31536000000) / {count} AS ms, "
            f"{visitors[0]} + (random() * {len(visitors) - 1})::int AS who FROM generate_series({count}, 1, -1) AS n) rows"
        )
    with connection.cursor() as cursor:
        cursor.execute(f'ANALYZE "{Event._meta.db_table}"')


@contextmanager
def _without_indexes(cursor: Any, table: str) -> Iterator[None]:
    """Build a table's indexes once it is full, which takes minutes where row by row takes hours."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('f', 'u')",
        [table],
    )
    constraints = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT LIKE %s", [table, "%pkey"]
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for _, definition in indexes:
        cursor.execute(definition)
    for name, definition in constraints:
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')


def _empty(*models: Any) -> None:
    from django.db import connection

    tables = ", ".join(f'"{model._meta.db_table}"' for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def _backend() -> float:
    """Processor seconds of the server's process that works for us; 0 where it runs elsewhere."""
    from django.db import connection

    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not stat.exists():
        return 0.0
    parts = stat.read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / _TICKS


if __name__ == "__main__":
    main()
