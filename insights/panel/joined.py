"""Under which other names a customer is known, and what was joined and parted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from insights import formats
from insights.models import Customer, Merge
from insights.panel.access import MERGE, may
from insights.panel.page import link
from insights.panel.persons import called

MOST = 50
"""Merges that the page shows."""


def joined(request: HttpRequest, customer: Customer, *, personal: bool) -> dict[str, Any]:
    """Those who are this customer now, and the history of it."""
    people = [customer.pk, *Customer.objects.filter(merged_into=customer).values_list("pk", flat=True)]
    merges = Merge.objects.filter(Q(source__in=people) | Q(target__in=people)).select_related("source", "target")
    rows = list(merges.order_by("-made_at", "-pk")[:MOST])
    return {
        "names": [
            {
                "name": called(row.source, personal=personal),
                "id": f"{row.source.external_id} · {row.source.channel}",
                "how": _how(row),
                "url": link(request, "undo_merge", row.pk) if may(request, MERGE) else "",
            }
            for row in rows
            if row.undone_at is None and row.source_id != customer.pk
        ],
        "history": [_undone(row, row.undone_at, personal) for row in rows if row.undone_at],
        "merge_url": link(request, "merge_with", customer.pk) if may(request, MERGE) else "",
    }


def _how(row: Merge) -> str:
    said = {"how": row.get_how_display(), "when": formats.moment(row.made_at), "who": row.by}
    return _("%(how)s, %(when)s, by %(who)s") % said if row.by else _("%(how)s, %(when)s") % said


def _undone(row: Merge, when: datetime, personal: bool) -> str:
    said = {
        "one": called(row.source, personal=personal),
        "other": called(row.target, personal=personal),
        "made": _how(row),
        "when": formats.moment(when),
        "who": row.undone_by or "–",
    }
    return _("“%(one)s” was “%(other)s” (%(made)s) until %(when)s, parted by %(who)s.") % said
