"""People who may be there twice, side by side: joined, told apart, and each undone."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights import formats
from insights.exceptions import MergeError
from insights.identity import keep, merge, reject, reopen, unmerge
from insights.identity.evidence import WEIGHTS
from insights.models import Act, Customer, DuplicatePair, Merge, MergeHow, PairState
from insights.panel.access import MERGE, PERSONAL, demand, may
from insights.panel.page import Page, link
from insights.panel.persons import called, deeds, lines, page_of
from insights.privacy import record

SIZE = 20
REASONS = {
    "same_email": gettext_lazy("same e-mail address"),
    "same_mailbox": gettext_lazy("e-mail addresses that may reach one mailbox"),
    "email_typo": gettext_lazy("e-mail addresses one slip apart"),
    "same_local": gettext_lazy("e-mail addresses that begin alike"),
    "other_email": gettext_lazy("other e-mail address"),
    "same_phone": gettext_lazy("same telephone number"),
    "phone_ending": gettext_lazy("telephone numbers that end alike"),
    "other_phone": gettext_lazy("other telephone number"),
    "same_name": gettext_lazy("same name"),
    "same_name_han": gettext_lazy("same name"),
    "name_alike": gettext_lazy("names written alike"),
    "initials": gettext_lazy("initials that fit"),
    "name_within": gettext_lazy("one name is in the other"),
    "other_name": gettext_lazy("other name"),
    "same_city": gettext_lazy("same city"),
    "other_country": gettext_lazy("other country"),
}


def duplicates(request: HttpRequest) -> Page:
    """The queue, the likeliest first.

    Raises:
        PermissionDenied: it is for those who may join people.
    """
    if not may(request, MERGE):
        raise PermissionDenied
    personal = may(request, PERSONAL)
    waiting = open_pairs()
    total = waiting.count()
    last = max(-(-total // SIZE), 1)
    asked = request.GET.get("page", "1")
    page = min(max(int(asked) if re.fullmatch("[0-9]{1,9}", asked) else 1, 1), last)
    pairs = list(waiting.select_related("first", "second")[(page - 1) * SIZE : page * SIZE])
    if personal:
        record(Act.LISTED_CUSTOMERS, request.user, "duplicates", rows=2 * len(pairs))
    done = deeds(person for pair in pairs for person in (pair.first, pair.second))
    context = {
        "total": formats.number(total),
        "pairs": [_pair(request, pair, done, personal) for pair in pairs],
        "page": page,
        "before": link(request, "duplicates", page=page - 1) if page > 1 else "",
        "after": link(request, "duplicates", page=page + 1) if page < last else "",
        "said": _("Page %(page)s of %(last)s") % {"page": formats.number(page), "last": formats.number(last)},
        "searched": DuplicatePair.objects.exists(),
        "undo": _undo(request, personal),
    }
    return Page("duplicates.html", _("Duplicates"), context)


def open_pairs() -> QuerySet[DuplicatePair]:
    """Pairs that wait for a decision, of people who are still two, the likeliest first."""
    waiting = DuplicatePair.objects.filter(state=PairState.OPEN)
    return waiting.filter(first__merged_into=None, second__merged_into=None).order_by("-score", "pk")


def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One person, or two; or nobody has decided it after all."""
    demand(request, MERGE)
    pair = get_object_or_404(DuplicatePair.objects.select_related("first", "second"), pk=pk)
    answer, page = request.POST.get("answer", ""), request.POST.get("page", "")
    who = request.user.get_username()[:150]
    done: dict[str, object] = {}
    if answer == "undo" and pair.state == PairState.REJECTED:
        reopen(pair)
    elif pair.state != PairState.OPEN:
        messages.info(request, _("That was decided meanwhile: %(state)s.") % {"state": pair.get_state_display()})
    elif answer == "apart":
        reject(pair, by=who)
        done = {"apart": pair.pk}
    elif answer == "merge":
        made = _join(request, pair.first, pair.second, MergeHow.REVIEW)
        done = {"merged": made.pk} if made else {}
    return HttpResponseRedirect(link(request, "duplicates", page=page if page != "1" else "", **done))


def merge_with(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Join a customer with another one, whose number somebody wrote."""
    demand(request, MERGE)
    customer = get_object_or_404(Customer, pk=pk)
    try:
        other = _named(request.POST.get("other", ""))
    except MergeError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(page_of(request, customer))
    made = _join(request, customer, other, MergeHow.HAND)
    if made is None:
        return HttpResponseRedirect(page_of(request, customer))
    return HttpResponseRedirect(page_of(request, made.target, merged=made.pk))


def undo_merge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Part two people again. Undone from the queue, the pair waits there again."""
    demand(request, MERGE)
    found = get_object_or_404(Merge.objects.select_related("source", "target"), pk=pk)
    unmerge(found, by=request.user.get_username()[:150])
    personal = may(request, PERSONAL)
    if request.POST.get("back") == "duplicates":
        pair = DuplicatePair.objects.filter(
            Q(first=found.source, second=found.target) | Q(first=found.target, second=found.source)
        ).first()
        if pair is not None and pair.reasons:
            reopen(pair)
        return HttpResponseRedirect(link(request, "duplicates"))
    said = _("“%(one)s” and “%(other)s” are two people again, each with their own. No rule joins them any more.")
    names = {"one": called(found.source, personal=personal), "other": called(found.target, personal=personal)}
    messages.success(request, said % names)
    return HttpResponseRedirect(page_of(request, found.source))


def undo_bar(request: HttpRequest, personal: bool, back: str) -> dict[str, Any] | None:
    """What was just joined, and the way back; None where nothing was.

    Args:
        back: where undoing leads: ``duplicates``, or empty for the page of the customer.
    """
    asked = request.GET.get("merged", "")
    if not re.fullmatch("[0-9]{1,18}", asked) or not may(request, MERGE):
        return None
    made = Merge.objects.standing().select_related("source", "target").filter(pk=asked).first()
    if made is None:
        return None
    names = {"one": called(made.source, personal=personal), "other": called(made.target, personal=personal)}
    said = _("“%(one)s” is “%(other)s” now, with all orders and visits.") % names
    return {"said": said, "url": link(request, "undo_merge", made.pk), "fields": [("back", back)]}


def _undo(request: HttpRequest, personal: bool) -> dict[str, Any] | None:
    asked = request.GET.get("apart", "")
    pair = None
    if re.fullmatch("[0-9]{1,18}", asked):
        rejected = DuplicatePair.objects.filter(state=PairState.REJECTED).select_related("first", "second")
        pair = rejected.filter(pk=asked).first()
    if pair is None:
        return undo_bar(request, personal, "duplicates")
    names = {"one": called(pair.first, personal=personal), "other": called(pair.second, personal=personal)}
    said = _("“%(one)s” and “%(other)s” stay two people.") % names
    return {"said": said, "url": link(request, "decide_pair", pair.pk), "fields": [("answer", "undo")]}


def _pair(request: HttpRequest, pair: DuplicatePair, done: Any, personal: bool) -> dict[str, Any]:
    source, target = keep(pair.first, pair.second)
    return {
        "score": formats.percent(pair.score / 100, 0),
        "reasons": [(str(REASONS[key]), WEIGHTS[key] < 0) for key in pair.reasons if key in REASONS],
        "people": [(called(who, personal=personal), page_of(request, who)) for who in (target, source)],
        "lines": lines(target, source, done, personal=personal),
        "stays": called(target, personal=personal),
        "url": link(request, "decide_pair", pair.pk),
    }


def _join(request: HttpRequest, one: Customer, other: Customer, how: MergeHow) -> Merge | None:
    """Join two people; None, with a message, where that cannot be."""
    source, target = keep(one.merged_into or one, other.merged_into or other)
    try:
        made = merge(source, target, how=how, by=request.user.get_username()[:150])
    except MergeError as error:
        messages.error(request, str(error))
        return None
    if made is None:
        messages.info(request, _("They are one person already."))
    return made


def _named(written: str) -> Customer:
    """The customer of a number, written as ``number`` or ``channel:number``.

    Raises:
        MergeError: nobody has it, or several channels do.
    """
    written = written.strip()
    found = list(Customer.objects.filter(external_id=written).select_related("merged_into").order_by("pk")[:5])
    if not found and ":" in written:
        channel, _colon, key = written.partition(":")
        found = list(Customer.objects.filter(channel=channel, external_id=key).select_related("merged_into"))
    if not found:
        raise MergeError(_("There is no customer “%(id)s”.") % {"id": written})
    if len(found) > 1:
        ways = ", ".join(f"{who.channel}:{who.external_id}" for who in found)
        raise MergeError(_("Several channels know this number. Write one of: %(ways)s.") % {"ways": ways})
    return found[0]
