from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User

from insights.assistant.guard import Pseudonyms, may_ask
from insights.masking import may_see
from insights.models import Customer


@pytest.mark.django_db
def test_may_ask__needs_the_permission() -> None:
    user = User.objects.create(username="maya", is_staff=True)
    assert may_ask(None)
    assert not may_ask(AnonymousUser())
    assert not may_ask(user)
    user.user_permissions.add(Permission.objects.get(codename="ask_insights"))
    user = User.objects.get(pk=user.pk)
    assert may_ask(user)
    assert not may_see(user)


@pytest.mark.django_db
def test_pseudonyms__hide_people_of_the_question_and_bring_them_back() -> None:
    Customer.objects.create(external_id="c77", name="Ann Lee", email="ann@example.com")
    Customer.objects.create(external_id="8", name="王小明")
    people = Pseudonyms()
    question = "Why is Ann Lee (c77, ann@example.com) leaving? 王小明呢？ And order 999?"
    people.learn_from_question(question)
    hidden = people.hide(question)
    for trace in ("Ann", "c77", "ann@", "王小明"):
        assert trace not in hidden
    assert "999" in hidden
    assert people.show(hidden) == question
    assert people.show({"customer": people.by_name["c77"], "n": [people.by_name["Ann Lee"]]}) == {
        "customer": "c77",
        "n": ["Ann Lee"],
    }


def test_pseudonyms__the_longest_name_wins_and_ten_is_not_one() -> None:
    people = Pseudonyms()
    people.learn(*(f"c{n}" for n in range(12)))
    assert people.show(people.hide("c1 c10 c11")) == "c1 c10 c11"
