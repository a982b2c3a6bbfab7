"""A person who is known in every way in which somebody can become known, and a search for them in every place."""

from __future__ import annotations

import gzip
import io
import json
import logging
import pickle
import zipfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import numpy as np
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from insights import ask
from insights.collect import work
from insights.collect.uuid7 import uuid7
from insights.conf import settings
from insights.contacts import contact, email_hash, phone_hash
from insights.features import snapshot
from insights.models import Customer, Message, Order, Run, RunState, Suppression, Visitor
from insights.serving import index, recommend
from insights.sources import SENDERS, LogOptions, import_export, import_file, import_log, sync, take_message
from insights.training import registry, workdir
from shop_demo.models import Product, Profile, Refund
from tests.insights.sources.shop import event, order, person, product, review
from tests.insights.training import versions

PK = 91827364
EMAIL, SPELT = "ada.byron@example.com", " Ada.Byron@Example.COM"
PHONE, SPOKEN = "+44 20 7946 0991", "(+44) 20-7946-0991"
NAME = "Ada Byron"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SHOPIFY, WOO = "70010099001", "70020099002"


def live() -> None:
    """All that happens to the person, by every way in. It can happen again."""
    _in_the_shop()
    sync(full=True)
    _at_the_browser()
    _on_other_platforms()
    _in_files()
    _in_logs()


def gather() -> None:
    """What the app makes of it: models, scores, suggestions, answers, copies; and what the staff keep."""
    people = list(Customer.objects.filter(merged_into=None, is_real=True).order_by("pk"))
    versions.shown({"churn": versions.churn(people, *(0.7 for _ in people))})
    _taste(people)
    send(browser(), ("search", {"search_term": f"gifts for {NAME}"}))
    run = Run.objects.create(kind="training", state=RunState.FAILED, error=f"Key (email)=({EMAIL}) already exists.")
    snapshot(timezone.now(), workdir.make(run))
    assert index.factors() is not None
    recommend(customer=Customer.objects.get(channel="shop", external_id=str(PK)))
    talk = ask(f"Describe customer {PK}").conversation
    ask("Why?", conversation=talk)
    ask("Which customers spent the most?")
    ask(f"What did {NAME} buy?")
    assert Message.objects.count() == 4
    folder = Path(settings.DATA_DIR) / "lists"
    folder.mkdir(exist_ok=True)
    (folder / "friends.csv").write_text(f"email,name\n{SPELT.strip()},{NAME}\nbob@example.com,Bob\n", encoding="utf-8")
    with gzip.open(folder / "old.log.gz", "wt", encoding="utf-8") as file:
        file.write(f"written to {EMAIL}\nwritten to bob@example.com\n")


def _in_the_shop() -> None:
    tea = Product.objects.filter(sku="tea-1").first() or product("tea-1")
    if not User.objects.filter(pk=PK).exists():
        ada = person("ada", pk=PK, email=SPELT, first_name="Ada", last_name="Byron")
        Profile.objects.update_or_create(user=ada, defaults={"phone": PHONE, "city": "Ockham"})
        bob = person("bob", pk=4711, email="bob@example.com", first_name="Bob")
        mine = order(ada, (tea, 2, "5"), number="A-1", city="Ockham", email=SPELT, phone=PHONE, name=NAME)
        Refund.objects.create(order=mine, amount="1", reason=f"{NAME} rang from {PHONE}", created_at=mine.placed_at)
        order(bob, (tea, 1, "5"), number="B-1")
        review(ada, tea, 4, title="Mine", body=f"Yours, {NAME}, {EMAIL}")
        review(bob, tea, 5, title="Thanks", body=f"{NAME} told me of it")
        event("search", session="sitting-of-ada", query=EMAIL, path="/search/")
        event("view_item", session="sitting-of-ada", minutes=1, product=tea)
        event("login", session="sitting-of-ada", minutes=2, user=ada, path=f"/welcome/{quote(EMAIL)}/")
    order(None, (tea, 1, "5"), email=EMAIL, name=NAME, city="Ockham")
    order(None, (tea, 1, "5"), phone=SPOKEN, name=NAME)


def browser(user: Any = None) -> Client:
    """A browser that agreed, and where the person may be signed in."""
    client = Client(headers={"User-Agent": AGENT})
    client.cookies["shop_consent"] = "all"
    if user is not None:
        client.force_login(user)
    return client


def send(client: Client, *events: tuple[str, dict[str, Any]], **batch: Any) -> None:
    """A batch of events."""
    now = timezone.now().timestamp() * 1000
    told = [{"id": str(uuid7()), "name": name, "at": now, "params": params} for name, params in events]
    page = f"https://testserver/account/?email={quote(EMAIL)}&next=/tea/"
    sent = {"sent_at": now, "page": page, "referrer": f"https://mail.example/{EMAIL}", "events": told, **batch}
    response = client.post("/insights/e/", json.dumps(sent), content_type="text/plain")
    assert response.status_code == 204


def _at_the_browser() -> None:
    before = browser()
    send(before, ("page_view", {}), ("search", {"search_term": EMAIL}))
    work()
    before.force_login(User.objects.get(pk=PK))
    send(before, ("login", {"method": "password"}), ("view_item", {"items": [{"item_id": "tea-1"}]}))
    work()
    # One batch with an event that is put aside, and one that nobody has read yet.
    send(before, ("page_view", {"user_name": NAME}), ("no_such_event", {"note": f"{NAME} was here"}))
    work()
    send(before, ("page_view", {}))


def _on_other_platforms() -> None:
    said = {"email": SPELT.strip(), "phone": PHONE}
    address = {"first_name": "Ada", "last_name": "Byron", "city": "Ockham", **said}
    at = "2026-03-02T10:00:00Z"
    take_message(
        SENDERS["shopify"],
        "orders/create",
        {
            "id": 501, "name": "#501", "created_at": at, "updated_at": at, "currency": "GBP", "total_price": "12.00",
            "financial_status": "paid", "customer": {"id": int(SHOPIFY), **address}, "billing_address": address,
            "note": NAME, "line_items": [{"id": 1, "sku": "mug", "name": "Mug", "quantity": 1, "price": "12.00"}], **said,
        },
    )  # fmt: skip
    refund = {
        "id": 77, "order_id": 501, "created_at": at, "note": f"{NAME} sent it back",
        "transactions": [{"kind": "refund", "status": "success", "amount": "2.00"}],
    }  # fmt: skip
    take_message(SENDERS["shopify"], "refunds/create", refund)
    take_message(
        SENDERS["shopify"], "customers/update", {"id": int(SHOPIFY), "updated_at": at, "created_at": at, **address}
    )
    take_message(
        SENDERS["woocommerce"],
        "customer.updated",
        {"id": int(WOO), "date_modified_gmt": at, "date_created_gmt": at, "email": EMAIL, "billing": address},
    )
    take_message(
        SENDERS["woocommerce"],
        "order.created",
        {
            "id": 901, "status": "completed", "currency": "GBP", "date_created_gmt": at, "date_modified_gmt": at,
            "total": "7.00", "customer_id": 0, "billing": address, "refunds": [],
            "line_items": [{"id": 1, "product_id": 5, "name": "Mug", "quantity": 1, "subtotal": "7.00", "total": "7.00"}],
        },
    )  # fmt: skip


def _in_files() -> None:
    folder = Path(settings.DATA_DIR) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        "customers": f"id,name,email,phone\nF-ada-byron,{NAME},{EMAIL},{PHONE}\nF-bob,Bob,bob@example.com,\n",
        "orders": f"id,placed_at,customer,email,total,currency\nF1,2026-03-02,F-ada-byron,,9,GBP\n"
        f"F2,never,F-ada-byron,,9,GBP\nF3,2026-03-02,,{EMAIL},9,GBP\nF4,someday,,{EMAIL},9,GBP\n",
        "ratings": "id,product,customer,value,occurred_at,text\nR1,nothing,F-ada-byron,4,2026-03-02,Good\n",
        "events": "id,name,occurred_at,customer,page,query,properties\n"
        f"E1,search,2026-03-02T10:00:00,F-ada-byron,/search?email={EMAIL}&q=tea,{EMAIL},"
        f'"{{""email"": ""{EMAIL}"", ""colour"": ""blue""}}"\n',
    }
    for kind, text in written.items():
        path = folder / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        import_file(kind, path, rejects=folder / f"rejects-{kind}.csv")
        path.unlink()
    said = folder / "said.csv"
    said.write_text(
        "id,type,network,email,product,rating,title,text,created_at\n"
        f"1,review,trustpilot,{EMAIL},tea-1,4,Good,Write to {EMAIL},2026-03-02T10:00:00Z\n"
        f"2,mention,x,,,,,{NAME} loves this shop,2026-03-02T10:00:00Z\n"
    )
    import_export("social", said)
    said.unlink()


def _in_logs() -> None:
    log = Path(settings.DATA_DIR) / "access.log"
    start = '203.0.113.77 - - [02/Mar/2026:10:00:00 +0000] "GET '
    log.write_text(f'{start}/search?q={quote(EMAIL)} HTTP/1.1" 200 512 "-" "{AGENT}"\nwhat {EMAIL} is this\n')
    import_log(log, LogOptions(log_format="combined"))
    log.unlink()


def _taste(people: list[Customer]) -> None:
    ids = np.array([one.pk for one in people], dtype=np.int64)
    items = np.array([1, 2], dtype=np.int64)
    arrays = {
        "user_ids": ids,
        "item_ids": items,
        "user_factors": np.ones((len(ids), 4), dtype=np.float32),
        "item_factors": np.ones((2, 4), dtype=np.float32),
    }
    registry.publish(versions.register("implicit", arrays=arrays))


def traces() -> dict[str, str]:
    """What the person can be found by, in every spelling and as every hash of it that could be stored."""
    plain = {
        "the address": EMAIL,
        "the address in an address": quote(EMAIL, safe=""),
        "the number": PHONE,
        "the number in another way": SPOKEN,
        "its digits": "".join(c for c in PHONE if c.isdigit()),
        "the name": NAME,
        "the key": str(PK),
        "the key at Shopify": SHOPIFY,
        "the key at WooCommerce": WOO,
        "the key in files": "F-ada-byron",
    }
    hashes = {
        "the hash of the address": email_hash(EMAIL)[:20],
        "the hash of the number": phone_hash(PHONE)[:20],
        "the guest by address": contact(EMAIL, "")[:20],
        "the guest by number": contact("", PHONE)[:20],
    }
    for what, said in list(plain.items()):
        hashes[f"{what} as SHA-256"] = sha256(said.encode()).hexdigest()[:20]
    people = Customer.objects.filter(email_hash=email_hash(EMAIL)).values("pk")
    browsers = Visitor.objects.filter(customer__in=people).values_list("key", flat=True)
    return {**plain, **hashes, **{f"browser {place}": key for place, key in enumerate(browsers)}}


def search(wanted: dict[str, str], log: Iterable[logging.LogRecord] = ()) -> list[str]:
    """Every place where any of it stands: columns, files, caches, and the log."""
    found = []
    for place, text in (*_columns(), *_files(), *_cached(), *_logged(log)):
        lowered = text.lower()
        found += [f"{what} in {place}" for what, trace in wanted.items() if trace.lower() in lowered]
    return sorted(set(found))


def _columns() -> Iterator[tuple[str, str]]:
    for model in apps.get_app_config("insights").get_models():
        names = [column.attname for column in model._meta.concrete_fields]
        for row in model._default_manager.values_list(*names):
            for name, value in zip(names, row, strict=True):
                if model is Suppression and name == "subject_hash":
                    continue
                yield f"{model.__name__}.{name}", _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


def _files() -> Iterator[tuple[str, str]]:
    for path in sorted(Path(settings.DATA_DIR).rglob("*")):
        if path.is_file():
            for name, content in _unpacked(str(path.relative_to(settings.DATA_DIR)), path.read_bytes(), path):
                yield name, name + content


def _unpacked(name: str, content: bytes, path: Path | None) -> Iterator[tuple[str, str]]:
    yield name, content.decode("utf-8", "replace")
    if content[:2] == b"\x1f\x8b":
        yield from _unpacked(name.removesuffix(".gz"), gzip.decompress(content), None)
    elif content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for inner in packed.namelist():
                yield from _unpacked(f"{name}/{inner}", packed.read(inner), None)
    elif content[:6] == b"\x93NUMPY":
        yield name, " ".join(map(str, np.load(io.BytesIO(content), allow_pickle=False).ravel().tolist()))
    elif name.endswith(".parquet") and path is not None:
        yield name, str(duckdb.read_parquet(str(path)).fetchall())


def _cached() -> Iterator[tuple[str, str]]:
    for key, packed in cache._cache.items():  # type: ignore[attr-defined]
        yield f"cache {key.split(':')[2:4]}", f"{key} {pickle.loads(packed)}"


def _logged(log: Iterable[logging.LogRecord]) -> Iterator[tuple[str, str]]:
    for record in log:
        if not record.name.startswith("django.db"):  # the statements, which the shop switches on by itself
            yield f"log {record.name}", f"{record.getMessage()} {record.exc_text or ''}"


def totals() -> dict[str, Any]:
    """What the books must still say."""
    orders = Order.objects.all()
    return {
        "orders": sorted(orders.values_list("channel", "external_id", "total", "base_total", "counts", "local_date")),
        "lines": sorted(map(str, orders.values_list("lines__external_id", "lines__net_amount", "lines__counts"))),
        "refunds": sorted(map(str, orders.values_list("refunds__amount", "refunds__base_amount", "refunds__counts"))),
    }


assert django_settings.CACHES["default"]["BACKEND"].endswith("LocMemCache")
