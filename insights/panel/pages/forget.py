"""Forgetting a person: what goes and what stays, the last question, the receipt."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from insights import formats
from insights.models import Act, Customer, Erasure
from insights.panel.access import FORGET, PERSONAL, demand, may
from insights.panel.page import Page, link
from insights.panel.persons import called, page_of
from insights.privacy import find_subject, foreseen, forget, receipt_of, record

_ELSEWHERE = {
    "files": gettext_lazy("Files that were cleaned"),
    "caches": gettext_lazy("Entries of the cache"),
    "run_folders": gettext_lazy("Copies of tables that were deleted"),
    "model_rows": gettext_lazy("Rows of models"),
    "unread_files": gettext_lazy("Files that cannot be read: look at them by hand"),
}


def last_question(request: HttpRequest, pk: int) -> Page:
    """What would go and what would stay.

    Raises:
        PermissionDenied: it is for those who may forget people.
    """
    if not may(request, FORGET):
        raise PermissionDenied
    customer = _customer(pk)
    name = called(customer, personal=may(request, PERSONAL))
    subject = find_subject(customer.external_id, customer.channel)
    goes, stays = foreseen(subject)
    record(Act.VIEWED_CUSTOMER, request.user, "forget", about=customer)
    others = len(subject.customer_ids) - 1
    context = {
        "name": name,
        "others": ngettext(
            "%(count)s other entry is the same person, and goes too.",
            "%(count)s other entries are the same person, and go too.",
            others,
        )
        % {"count": formats.number(others)}
        if others
        else "",
        "goes": _rows(goes),
        "stays": _rows(stays),
        "url": link(request, "forget_now", pk),
        "back": page_of(request, customer),
        "archive": page_of(request, customer, format="json") if may(request, PERSONAL) else "",
    }
    return Page("forget.html", _("Forget %(name)s?") % {"name": name}, context)


def forget_now(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Forget them, and show the receipt. Without the tick in its box nothing is done."""
    demand(request, FORGET)
    customer = _customer(pk)
    if request.POST.get("sure") != "yes":
        return HttpResponseRedirect(link(request, "forget", pk))
    receipt = forget(find_subject(customer.external_id, customer.channel))
    record(Act.FORGOT_PERSON, request.user, "forget")
    return HttpResponseRedirect(link(request, "receipt", receipt.id))


def receipt(request: HttpRequest, uid: UUID) -> Page | HttpResponseBase:
    """What was done, with nothing of the person in it.

    Raises:
        PermissionDenied: it is for those who may forget people.
    """
    if not may(request, FORGET):
        raise PermissionDenied
    found = receipt_of(get_object_or_404(Erasure, uid=uid))
    if request.GET.get("format") == "json":
        answer = JsonResponse(found.as_dict(), json_dumps_params={"ensure_ascii": False, "indent": 2})
        answer["Content-Disposition"] = f'attachment; filename="receipt-{found.id[:8]}.json"'
        return answer
    context = {
        "id": found.id,
        "when": _when(found.erased_at),
        "finished": _when(found.finished_at),
        "deleted": _rows(found.deleted),
        "anonymised": _rows(found.anonymised),
        "redacted": _rows(found.redacted),
        "elsewhere": [(str(_ELSEWHERE[key]), formats.number(count)) for key, count in _there(found.elsewhere)],
        "hashes": formats.number(len(found.suppressed)),
        "download": link(request, "receipt", found.id, format="json"),
    }
    return Page("receipt.html", _("A person was forgotten"), context)


def latest(request: HttpRequest, most: int = 10) -> list[tuple[str, str]]:
    """When people were forgotten, and the addresses of the receipts; nothing for those who may not see them."""
    if not may(request, FORGET):
        return []
    found = Erasure.objects.order_by("-erased_at", "-pk")[:most]
    return [(formats.moment(erasure.erased_at), link(request, "receipt", erasure.uid)) for erasure in found]


def _customer(pk: int) -> Customer:
    return get_object_or_404(Customer, pk=pk)


def _rows(counts: dict[str, int]) -> list[tuple[str, str]]:
    """Names of tables as people say them, with numbers of rows."""
    return [(_called(name), formats.number(count)) for name, count in _there(counts)]


def _there(counts: dict[str, Any]) -> list[tuple[str, int]]:
    return [(name, count) for name, count in counts.items() if isinstance(count, int) and count]


def _called(table: str) -> str:
    try:
        return capfirst(str(apps.get_model("insights", table)._meta.verbose_name_plural))
    except LookupError:
        return table


def _when(said: str | None) -> str:
    moment = parse_datetime(said) if said else None
    return formats.moment(moment) if moment else ""
