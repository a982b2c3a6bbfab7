"""Rows in quarantine: one of them with its values, to be mended, and all of a rule, to be tried again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.cleaning import BY_KEY, say_why
from insights.exceptions import InsightsError
from insights.masking import reason
from insights.models import Act, QuarantinedRow
from insights.panel.access import MEND, PERSONAL, demand, may
from insights.panel.labels import RECORDS, name_of
from insights.panel.page import Page, link
from insights.privacy import record
from insights.sources import CUT, KINDS, mend, replay

MOST = 500
"""Rows that are tried again at one press, while somebody waits."""
_FIELD = "value-"


def quarantined(request: HttpRequest, pk: int) -> Page | HttpResponseBase:
    """One row: why it waits and what the source gave; a POST takes it over with other values.

    Raises:
        PermissionDenied: to mend a row one has to be allowed to, and to see what is in it.
    """
    row = get_object_or_404(QuarantinedRow, pk=pk)
    if request.method == "POST":
        demand(request, MEND)
        if not may(request, PERSONAL):
            raise PermissionDenied
        return _mend(request, row)
    known = KINDS[row.kind].by_name if row.kind in KINDS else {}
    # The meanings of the fields are words of the reference, which is in English.
    personal, english = may(request, PERSONAL), formats.language() == "en"
    values = sorted(row.row.items(), key=lambda item: (item[0] != "id", item[0])) if personal else []
    if values:
        record(Act.VIEWED_RAW_ROW, request.user, "quarantined", about=f"row:{row.pk}")
    context = {
        "row": row,
        "reason": say_why(reason(row.reason, personal=personal)),
        "kind": str(RECORDS.get(row.kind, row.kind)),
        "rule": str(BY_KEY[row.rule].label) if row.rule in BY_KEY else row.rule,
        "description": str(BY_KEY[row.rule].description) if row.rule in BY_KEY else "",
        "seen": formats.moment(row.first_seen),
        "mended": formats.moment(row.resolved_at) if row.resolved_at else "",
        "personal": personal,
        "may_mend": may(request, MEND) and personal and not row.resolved_at and bool(known),
        "fields": [
            (f"{_FIELD}{name}", name, value or "", known[name].meaning if english and name in known else "")
            for name, value in values
        ],
        "cut": any(value and len(value) >= CUT for _name, value in values),
    }
    crumbs = ((_("Rows that wait to be mended"), link(request, "data") + "#quarantine"),)
    return Page("quarantined.html", name_of(row, personal=personal), context, crumbs)


def replay_rows(request: HttpRequest) -> HttpResponseBase:
    """Try the rows of a rule again, or all; the oldest first."""
    demand(request, MEND)
    rule = request.POST.get("rule", "")
    waiting = QuarantinedRow.objects.filter(resolved_at=None)
    chosen = waiting.filter(rule=rule) if rule else waiting
    try:
        done = replay(chosen.order_by("first_seen", "pk")[:MOST])
    except (InsightsError, DatabaseError) as error:
        messages.error(request, _told(error))
    else:
        said = ngettext(
            "%(good)s of %(tried)s row is good now.", "%(good)s of %(tried)s rows are good now.", done.tried
        ) % {"good": formats.number(done.good), "tried": formats.number(done.tried)}
        if (left := chosen.count()) and done.tried < left + done.good:
            said += " " + _("Not tried yet: %(left)s.") % {"left": formats.number(left + done.good - done.tried)}
        messages.success(request, said)
    return HttpResponseRedirect(link(request, "data", rule=rule) + "#quarantine")


def _mend(request: HttpRequest, row: QuarantinedRow) -> HttpResponseBase:
    values: dict[str, str] = {
        name: request.POST[f"{_FIELD}{name}"].strip() for name in row.row if f"{_FIELD}{name}" in request.POST
    }
    try:
        good = mend(row, values)
    except (InsightsError, DatabaseError) as error:
        messages.error(request, _told(error))
        return HttpResponseRedirect(link(request, "quarantined", row.pk))
    if good:
        record(Act.MENDED_ROW, request.user, "quarantined", about=f"row:{row.pk}")
        messages.success(request, _("The row “%(row)s” is taken over.") % {"row": row.external_id})
        return HttpResponseRedirect(link(request, "data") + "#quarantine")
    latest = _latest(row)
    messages.error(request, _("Still not: %(reason)s") % {"reason": say_why(latest.reason)})
    return HttpResponseRedirect(link(request, "quarantined", latest.pk))


def _latest(row: QuarantinedRow) -> QuarantinedRow:
    """The entry that says what is wrong with the row now; another rule makes another entry."""
    there = QuarantinedRow.objects.filter(
        channel=row.channel, kind=row.kind, external_id=row.external_id, resolved_at=None
    )
    return there.order_by("-first_seen", "-pk").first() or row


def _told(error: Exception) -> Any:
    if isinstance(error, InsightsError):
        return str(error)
    return _("The database refused it (%(error)s). Nothing was changed.") % {"error": type(error).__name__}
