"""The access log: who saw, took away or changed personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from insights import formats
from insights.models import AccessRecord, Act, Customer
from insights.panel.access import AUDIT, may
from insights.panel.page import Page, link
from insights.panel.tables import csv_file
from insights.privacy import COMMAND_LINE, record

SIZE = 50
_COLUMNS = ("at", "user_key", "user_name", "act", "subject", "rows", "place")


@dataclass(frozen=True)
class Wanted:
    """What the log is narrowed to; empty text narrows nothing.

    Attributes:
        person: number of a customer.
        user: a part of a user's name.
        act: a value of ``Act``.
    """

    person: str = ""
    user: str = ""
    act: str = ""

    @classmethod
    def of(cls, said: Any) -> Wanted:
        """From the parameters of a request."""
        act = said.get("act", "")
        return cls(
            said.get("person", "").strip()[:200], said.get("user", "").strip()[:150], act if act in Act.values else ""
        )

    def rows(self) -> QuerySet[AccessRecord]:
        """The rows of the log, the latest first."""
        found = AccessRecord.objects.order_by("-pk")
        if self.person:
            people = Customer.objects.filter(external_id=self.person).values_list("pk", flat=True)
            found = found.filter(subject__in=[f"customer:{pk}" for pk in people])
        if self.user:
            found = found.filter(user_name__icontains=self.user)
        return found.filter(act=self.act) if self.act else found

    def parameters(self) -> dict[str, str]:
        """As parameters of an address."""
        return {"person": self.person, "user": self.user, "act": self.act}


def access_log(request: HttpRequest) -> Page | HttpResponseBase:
    """The log, or with ``csv`` all of it that is wanted as a file.

    Raises:
        PermissionDenied: it needs a permission of its own.
    """
    if not may(request, AUDIT):
        raise PermissionDenied
    wanted = Wanted.of(request.GET)
    found = wanted.rows()
    if "csv" in request.GET:
        record(Act.EXPORTED_CSV, request.user, "access_log", rows=found.count())
        return csv_file("access-log", _COLUMNS, found.values_list(*_COLUMNS).iterator(chunk_size=2000))
    before = request.GET.get("before", "")
    if re.fullmatch("[0-9]{1,18}", before):
        found = found.filter(pk__lt=int(before))
    rows = list(found[: SIZE + 1])
    context = {
        "wanted": wanted,
        "narrows": wanted != Wanted(),
        "acts": [(act.value, str(act.label), act.value == wanted.act) for act in Act],
        "rows": _rows(request, rows[:SIZE]),
        "earlier": link(request, "access_log", **wanted.parameters(), before=rows[SIZE - 1].pk)
        if len(rows) > SIZE
        else "",
        "latest": link(request, "access_log", **wanted.parameters()) if before else "",
        "csv_url": link(request, "access_log", **wanted.parameters(), csv=1),
        "clear": link(request, "access_log"),
    }
    return Page("access_log.html", _("Access log"), context)


def _rows(request: HttpRequest, records: Iterable[AccessRecord]) -> list[dict[str, str]]:
    kept = list(records)
    keys = {int(row.subject.removeprefix("customer:")) for row in kept if row.subject.startswith("customer:")}
    people = Customer.objects.in_bulk(keys)
    places = _places()
    return [
        {
            "when": formats.moment(row.at),
            "who": _who(row.user_name),
            "act": str(Act(row.act).label) if row.act in Act.values else row.act,
            "rows": formats.number(row.rows),
            "place": places.get(row.place, row.place),
            **_about(request, row.subject, people),
        }
        for row in kept
    ]


def _about(request: HttpRequest, subject: str, people: dict[int, Customer]) -> dict[str, str]:
    kind, _sep, key = subject.partition(":")
    if kind == "customer":
        person = people.get(int(key))
        if person is None:
            return {"about": _("a customer who is gone"), "url": ""}
        channel = "" if person.channel == "shop" else person.channel
        return {"about": person.external_id, "url": link(request, "customer", person.external_id, channel=channel)}
    return {"about": _("Row %(number)s") % {"number": key} if kind == "row" else "", "url": ""}


def _who(name: str) -> str:
    here, _sep, account = name.partition(": ")
    if here != COMMAND_LINE:
        return name
    return f"{_('command line')}: {account}" if account else _("command line")


def _places() -> dict[str, str]:
    """What the pages are called; commands and addresses of the API have names of their own."""
    return {
        "overview": _("Overview"),
        "customers": _("Customers"),
        "customer": _("Customer page"),
        "data": _("Data"),
        "quarantined": _("A row that waits"),
        "duplicates": _("Duplicates"),
        "live": _("Live"),
        "ask": _("Ask"),
        "access_log": _("Access log"),
    }
