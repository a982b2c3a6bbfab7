from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from insights.masking import mask
from insights.panel.access import PERSONAL, TRAIN, VIEW, demand, may

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("value", "shown"),
    [("", ""), ("maya@example.com", "m•••@example.com"), ("Tom Ashdown", "T•••"), ("林悦", "林•••"), ("+4420", "+•••")],
)
def test_mask__shows_the_first_letter_and_the_kind(value: str, shown: str) -> None:
    assert mask(value) == shown


def test_may__needs_the_permission_and_a_place_on_the_staff(ask_for: Callable[..., Any]) -> None:
    request = ask_for("view_insights")
    assert may(request, VIEW)
    assert not may(request, PERSONAL)
    request.user.is_staff = False
    assert not may(request, VIEW)
    assert not may(ask_for(), VIEW)


def test_may__of_who_was_dismissed_is_nothing(ask_for: Callable[..., Any]) -> None:
    request = ask_for("view_insights")
    User.objects.filter(pk=request.user.pk).update(is_active=False)
    request.user = User.objects.get(pk=request.user.pk)
    assert not may(request, VIEW)


def test_demand__wants_a_post_too(ask_for: Callable[..., Any]) -> None:
    request = ask_for("train_models")
    with pytest.raises(PermissionDenied):
        demand(request, TRAIN)
    request.method = "POST"
    demand(request, TRAIN)
    with pytest.raises(PermissionDenied):
        demand(request, PERSONAL)
