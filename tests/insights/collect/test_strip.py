"""What must not be kept is thrown away before a batch is committed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import address_without, allowed, is_denied
from insights.collect import inbox, track, work
from insights.collect.sender import Sender
from insights.collect.strip import stripped
from insights.collect.uuid7 import uuid7
from insights.models import Event, InboxBatch


@pytest.mark.parametrize(
    "name",
    ["password", "Password", "new-password", "csrf_token", "accessToken", "email", "e-mail", "user_email", "CVV"],
)
def test_deny__names_of_doors_and_people(name: str) -> None:
    assert is_denied(name)


@pytest.mark.parametrize("name", ["colour", "item_id", "value", "list_id", "passenger", "tokens", "gift_card", "hotel"])
def test_deny__ordinary_names_stay(name: str) -> None:
    assert not is_denied(name)


def test_deny__a_list_of_ones_own_stands_in_its_place(settings: Any) -> None:
    settings.INSIGHTS = {"COLLECT": {"DENY": ["shoe_*"]}}
    assert is_denied("Shoe-Size")
    assert not is_denied("password")
    settings.INSIGHTS = {"COLLECT": {"DENY": []}}
    assert not is_denied("password")
    assert stripped(b'{"password":"x"}') == b'{"password":"x"}'


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("https://shop.example/a?token=1", "https://shop.example/a"),
        ("https://shop.example/a?q=tea&reset_token=1&page=2", "https://shop.example/a?q=tea&page=2"),
        ("/a?email=ada%40example.com&q=tea#access_token=9", "/a?q=tea"),
        ("/a?q=ada%40example.com", "/a?q=…"),
        ("/u/ada@example.com/?x=1", "/u/…/?x=1"),
        ("/a?e%2Dmail=x;q=1", "/a?q=1"),
        ("/plain", "/plain"),
    ],
)
def test_address_without__denied_parameters(address: str, left: str) -> None:
    assert address_without(address) == left


def test_stripped__at_any_depth() -> None:
    said = {
        "events": [{"params": {"colour": "blue", "user": {"Email": "x", "token": 1, "n": 2}, "note": "to a@b.example"}}]
    }
    left = {"events": [{"params": {"colour": "blue", "user": {"n": 2}, "note": "to …"}}]}
    assert json.loads(stripped(json.dumps(said).encode())) == left
    assert allowed(said) == left


def test_stripped__what_is_no_json_keeps_no_address() -> None:
    assert stripped(b"hello ada@example.com {") == "hello … {".encode()
    assert stripped(b"{") == b"{"


def test_stripped__most_batches_stay_byte_for_byte() -> None:
    body = b'{ "page": "https://shop.example/tea/?q=green", "events": [ {"name": "view_item"} ] }'
    assert stripped(body) is body


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.text(max_size=8) | st.sampled_from(["password", "E-Mail", "x_token"]), inner, max_size=3
            )
        ),
        max_leaves=12,
    )
)
def test_stripped__never_fails_and_never_twice(said: Any) -> None:
    once = stripped(json.dumps(said).encode())
    assert stripped(once) == once
    assert json.loads(once) == allowed(said)


@pytest.mark.django_db
def test_accept__neither_the_inbox_nor_an_event_holds_it() -> None:
    params = {"email": "ada@example.com", "reset_token": "s3cret", "search_term": "ada@example.com", "colour": "blue"}
    event = {"id": str(uuid7()), "name": "search", "at": time.time() * 1000, "params": params}
    page = "https://shop.example/reset/?token=s3cret&utm_source=mail"
    body = json.dumps({"sent_at": time.time() * 1000, "page": page, "events": [event]}).encode()
    inbox.accept(body, Sender("full", "v", None, "s"))
    work()
    kept = bytes(InboxBatch.objects.get().body).decode()
    written = Event.objects.get()
    assert (written.utm_source, written.query, written.properties) == ("mail", "…", {"colour": "blue"})
    for trace in ("ada@", "s3cret"):
        assert trace not in kept + repr(vars(written))


@pytest.mark.django_db
def test_track__from_the_shops_own_code_too() -> None:
    track(
        "search",
        request=RequestFactory().get("/u/ada@example.com/"),
        query="ada@example.com",
        properties={"password": "x", "note": "ada@example.com", "n": 1},
    )
    event = Event.objects.get()
    assert (event.page, event.query, event.properties) == ("/u/…/", "…", {"note": "…", "n": 1})
