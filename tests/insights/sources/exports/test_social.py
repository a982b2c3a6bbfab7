from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from insights.contacts import email_hash
from insights.models import Customer, Event, Product, QuarantinedRow, Rating
from insights.sources import import_export

pytestmark = pytest.mark.django_db

SAID = """id,type,network,author,email,product,rating,title,text,url,created_at
1,review,trustpilot,ada_b,Ada@example.com,mug,4,Good,"Keeps warm. Write to ada@example.com",,2026-03-02T10:00:00Z
2,comment,instagram,bob77,,mug,,,Where can I get this?,https://insta.example/p/1?u=bob77,2026-03-02T11:00:00Z
3,share,facebook,,,pot,,,,,2026-03-02T12:00:00Z
4,mention,x,someone,nobody@example.com,,,,I love @theshop,,2026-03-02T13:00:00Z
5,review,trustpilot,,,nothing,5,,,,2026-03-02T14:00:00Z
6,comment,instagram,,,mug,,,No date,,
"""


@pytest.fixture
def said(tmp_path: Path) -> Path:
    now = timezone.now()
    for key in ("mug", "pot"):
        Product.objects.create(channel="shop", external_id=key, name=key, recorded_at=now)
    Customer.objects.create(
        channel="shop",
        external_id="ada",
        email="ada@example.com",
        email_hash=email_hash("ada@example.com"),
        recorded_at=now,
    )
    path = tmp_path / "said.csv"
    path.write_text(SAID)
    return path


def test_social__reviews_are_ratings_and_the_rest_events(said: Path) -> None:
    report = import_export("social", said)
    assert (report.kinds["ratings"].created, report.kinds["events"].created) == (1, 3)
    rating = Rating.objects.get()
    assert (rating.channel, rating.product.external_id, rating.value, rating.title) == ("social", "mug", 4, "Good")
    assert rating.customer is not None
    assert rating.customer.external_id == "ada"
    assert rating.text == "Keeps warm. Write to …"
    events = {event.name: event for event in Event.objects.all()}
    assert events.keys() == {"comment", "share", "mention"}
    comment = events["comment"]
    assert comment.properties == {"text": "Where can I get this?"}
    assert (comment.utm_source, comment.referrer) == ("instagram", "https://insta.example/p/1")
    assert comment.product is not None
    assert comment.product.external_id == "mug"
    assert "unknown_event" not in report.cleaning


def test_social__what_does_not_fit_is_kept_aside(said: Path) -> None:
    import_export("social", said)
    assert set(QuarantinedRow.objects.values_list("kind", "rule")) == {
        ("ratings", "orphan"),
        ("events", "missing_value"),
    }


def test_social__no_name_of_a_stranger_is_kept(said: Path) -> None:
    import_export("social", said)
    stored = repr(list(Event.objects.values())) + repr(list(Rating.objects.values()))
    for name in ("ada_b", "bob77", "someone", "nobody@example.com", "ada@example.com"):
        assert name not in stored


def test_social__again_it_changes_nothing(said: Path) -> None:
    import_export("social", said)
    again = import_export("social", said)
    assert all((kind.created, kind.updated) == (0, 0) for kind in again.kinds.values())
    assert Event.objects.count() == 3
