from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.collect import Shown, token
from insights.collect.drafts import OLDEST, Batch, Draft, read_batch
from insights.collect.uuid7 import uuid7

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MS = NOW.timestamp() * 1000


def event(name: str = "page_view", at: float = MS, **params: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "name": name, "at": at, "params": params}


def whole(*events: Any, actor: str = "kim", **batch: Any) -> Batch:
    return read_batch(json.dumps({"sent_at": MS, "events": list(events), **batch}).encode(), NOW, "shop.example", actor)


def read(*events: Any, **batch: Any) -> list[Draft]:
    return whole(*events, **batch).drafts


def rules(*events: Any, **batch: Any) -> list[tuple[int, str]]:
    return [(refused.index, refused.rule) for refused in whole(*events, **batch).refused]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@given(ANY_JSON)
def test_read_batch__takes_any_json_without_an_error(sent: object) -> None:
    (refused,) = read_batch(json.dumps(sent).encode(), NOW, "shop.example").refused
    assert (refused.index, refused.rule) == (-1, "unreadable_batch")


@given(st.binary(max_size=300))
def test_read_batch__takes_any_bytes_without_an_error(body: bytes) -> None:
    found = read_batch(body, NOW, "shop.example")
    assert found.drafts == []
    assert [refused.rule for refused in found.refused] == ["unreadable_batch"]


@given(st.lists(ANY_JSON, max_size=5))
def test_read_batch__whatever_stands_for_an_event_the_good_one_beside_it_is_read(events: list[Any]) -> None:
    found = whole(*events, event("view_cart"), *events)
    assert [draft.name for draft in found.drafts] == ["view_cart"]
    assert len(found.refused) == 2 * len(events)
    assert all(refused.reason for refused in found.refused)


@given(
    st.dictionaries(
        st.sampled_from(["items", "value", "quantity", "page", "shown", "search_term", "currency", "x", "list_id"]),
        ANY_JSON,
    )
)
def test_read_batch__takes_any_parameters_without_an_error(params: dict[str, Any]) -> None:
    found = whole(event("search", **params))
    assert found.drafts or [refused.rule for refused in found.refused] != []
    for draft in found.drafts:
        assert len(draft.query) <= 200
        assert len(draft.page) <= 500
        assert len(draft.list_id) <= 64
        assert draft.occurred_at == NOW


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        ("x", "event_shape"),
        ({**event(), "params": [1]}, "event_shape"),
        (event("view_item", items="A"), "event_shape"),
        (event("view_item", items=[{"item_id": "A"}, 7]), "event_shape"),
        ({**event(), "id": "1"}, "event_id"),
        ({**event(), "id": "6f1d3a0e-5a4c-4c53-9d1b-0d1f4e5a6b7c"}, "event_id"),
        (event("hover"), "event_name"),
        ({**event(), "name": None}, "event_name"),
        (event("purchase"), "missing_value"),
        (event("select_item", shown=["for_you|1|1"]), "unsigned_list"),
        (event("select_item", shown={}), "unsigned_list"),
        ({**event(), "at": "yesterday"}, "impossible_date"),
        ({**event(), "at": -62135596800000}, "impossible_date"),
        ({**event(), "at": 253402300799000}, "impossible_date"),
        (event(at=MS - OLDEST.total_seconds() * 1000 - 1000), "impossible_date"),
    ],
)
def test_read_batch__what_is_no_event_is_refused_with_its_rule(bad: Any, rule: str) -> None:
    found = whole(event("view_cart"), bad)
    assert [draft.name for draft in found.drafts] == ["view_cart"]
    assert [(refused.index, refused.rule, refused.said) for refused in found.refused] == [(1, rule, bad)]


def test_read_batch__nested_without_end() -> None:
    deep: Any = []
    for _ in range(800):
        deep = [deep]
    body = json.dumps({"events": [event("view_cart"), {**event(), "params": {"a": deep}}]}).encode()
    assert len(read_batch(body, NOW).drafts) + len(read_batch(body, NOW).refused) in (1, 2)
    endless = b'{"events": [' + b"[" * 60_000
    assert [refused.rule for refused in read_batch(endless, NOW).refused] == ["unreadable_batch"]


def test_read_batch__a_broken_byte_spoils_its_own_text_alone() -> None:
    body = json.dumps({"sent_at": MS, "events": [event("search", search_term="te?a"), event()]}).encode()
    first, second = read_batch(body.replace(b"te?a", b"te\xffa"), NOW).drafts
    assert (first.query, second.name) == ("te\ufffda", "page_view")


def test_read_batch__half_a_character_is_left_out() -> None:
    (draft,) = read(event("search", search_term="tea \ud83d\x00 pot", note="\udc00x"))
    assert (draft.query, draft.properties) == ("tea pot", {"note": "x"})


def test_read_batch__all_events_that_fit_into_a_batch() -> None:
    assert len(read(*[event() for _ in range(400)])) == 400
    assert len(read(event("view_item_list", items=[{"item_id": str(n)} for n in range(900)]))) == 900


def test_read_batch__the_clock_of_the_browser_is_set_right() -> None:
    wrong = MS - 3 * 3600 * 1000
    drafts = read(event(at=wrong - 5000), sent_at=wrong)
    assert drafts[0].occurred_at == NOW - timedelta(seconds=5)
    assert read(event(at=MS + 10**9))[0].occurred_at == NOW
    assert read(event(at=MS - 10**8))[0].occurred_at == NOW - timedelta(seconds=10**5)


def test_read_batch__the_fingerprint_is_of_who_did_what_when() -> None:
    sent = event("add_to_cart", items=[{"item_id": "A"}, {"item_id": "B"}])
    again = {**sent, "id": str(uuid7())}
    first = [draft.fingerprint for draft in read(sent)]
    assert first == [draft.fingerprint for draft in read(again, sent_at=MS + 1)]
    assert len(set(first)) == 2
    others = [
        read(again, actor="lee"),
        read(again, page="https://shop.example/other/"),
        read({**again, "at": MS + 1}),
        read({**again, "name": "remove_from_cart"}),
        read({**again, "params": {**again["params"], "currency": "EUR"}}),
    ]
    prints = [draft.fingerprint for drafts in (read(sent), *others) for draft in drafts]
    assert len(set(prints)) == 12
    assert read({**event(), "at": None})[0].fingerprint is None


def test_read_batch__page_referrer_and_campaign() -> None:
    (draft,) = read(
        event(),
        page="https://shop.example/tea/?utm_source=news&utm_medium=email&utm_campaign=may&token=secret#top",
        referrer="https://search.example/find?q=who+am+i",
    )
    assert (draft.page, draft.referrer) == ("/tea/", "https://search.example/find")
    assert (draft.utm_source, draft.utm_medium, draft.utm_campaign) == ("news", "email", "may")
    assert read(event(), referrer="https://shop.example/a")[0].referrer == ""


def test_read_batch__an_address_of_the_page_that_is_none() -> None:
    assert read(event(), page="https://[", referrer="javascript:alert(1)")[0].page == ""


def test_read_batch__one_event_an_item() -> None:
    items = [{"item_id": "A", "quantity": 2, "price": 3.5}, {"item_id": "B", "price": "1.20"}]
    sent = event("add_to_cart", items=items, currency="gbp", value=8.2)
    first, second = read(sent)
    assert (first.product, first.quantity, first.value, first.currency) == ("A", Decimal(2), Decimal("7.0"), "GBP")
    assert (second.product, second.quantity, second.value) == ("B", None, Decimal("1.20"))
    assert first.event_id != second.event_id
    assert [draft.event_id for draft in read(sent)] == [first.event_id, second.event_id]


def test_read_batch__the_value_of_a_single_item_is_that_of_the_event() -> None:
    (draft,) = read(event("add_to_cart", items=[{"item_id": "A", "quantity": 2, "price": 4}], value=7.5))
    assert draft.value == Decimal("7.5")


def test_read_batch__signed_names_alone_count_as_shown() -> None:
    good = token(Shown("for_you:personal", 7, 3))
    (draft,) = read(event("select_item", shown=[good, "for_you|8|1", good[:-1]]))
    assert (draft.shown, draft.list_id) == (Shown("for_you:personal", 7, 3), "for_you:personal")


def test_read_batch__no_e_mail_addresses() -> None:
    (draft,) = read(event("search", search_term="order of kim@mail.example please", note="ask kim@mail.example"))
    assert draft.query == "order of … please"
    assert draft.properties == {"note": "ask …"}


def test_read_batch__properties_are_short_and_flat() -> None:
    (draft,) = read(event(method="card", deep={"a": 1}, long="x" * 999, ok=True, size=3.5, **{"Bad Key": 1}))
    assert draft.properties == {"method": "card", "long": "x" * 200, "ok": True, "size": 3.5}
