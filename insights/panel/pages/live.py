"""Live: what the inbox gets as it comes, and having events that were put aside read again."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from insights import formats
from insights.collect import replay as read_again
from insights.models import EVENT_NAMES, Act, Run, RunState
from insights.panel import feed
from insights.panel.access import PERSONAL, REPLAY, demand, may
from insights.panel.page import Page, link
from insights.privacy import record


def live(request: HttpRequest) -> Page:
    """The page; it shows how things stand without its script too."""
    wanted = feed.Wanted.of(request.GET)
    context = {
        **_stand(request, wanted),
        "wanted": wanted,
        "names": EVENT_NAMES,
        "states": feed.states().items(),
        "clear": link(request, "live"),
        "feed_url": link(request, "live_feed", who=wanted.who, event=wanted.event, state=wanted.state),
    }
    return Page("live.html", _("Live"), context)


def live_feed(request: HttpRequest) -> JsonResponse:
    """The moving part of the page, for the script that looks again and again; nothing where nothing has changed."""
    html = render_to_string("insights/panel/parts/feed.html", _stand(request, feed.Wanted.of(request.GET)), request)
    stamp = blake2b(html.encode(), digest_size=8).hexdigest()
    return JsonResponse({"stamp": stamp} if request.GET.get("stamp") == stamp else {"stamp": stamp, "html": html})


def replay(request: HttpRequest) -> HttpResponseBase:
    """Have events that were put aside read again. Who asked for it stays on record, as a run."""
    demand(request, REPLAY)
    now = timezone.now()
    rule = request.POST.get("rule", "")
    batches, gone = read_again(rule)
    Run.objects.create(
        kind="replay",
        state=RunState.DONE,
        requested_by=request.user.get_username()[:150],
        started_at=now,
        finished_at=timezone.now(),
        progress=1.0,
        report={"rule": rule, "batches": batches, "gone": gone},
    )
    said = _("%(count)s batches are read again.") % {"count": formats.number(batches)}
    if gone:
        said += " " + _("%(count)s are kept no longer.") % {"count": formats.number(gone)}
    messages.success(request, said)
    return HttpResponseRedirect(link(request, "data") + "#quarantine")


def _stand(request: HttpRequest, wanted: feed.Wanted) -> dict[str, Any]:
    now = feed.counters()
    personal = may(request, PERSONAL)
    rows = feed.rows(wanted, personal=personal)
    if personal:
        record(Act.VIEWED_RAW_ROW, request.user, "live", rows=sum(bool(row.customer) for row in rows))
    return {
        "rows": rows,
        "stand": now,
        "figures": [
            (_("Batches in the last minute"), formats.number(now.minute)),
            (_("Batches in the last hour"), formats.number(now.hour)),
            (_("Waiting"), formats.number(now.waiting)),
            (_("Events put aside"), formats.number(now.aside)),
        ],
        "data_url": link(request, "data") + "#quarantine",
        "here": link(request, "live"),
    }
