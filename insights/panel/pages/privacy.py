"""Privacy: what is recorded and why it may be, what is kept and for how long, and who was forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from insights import formats
from insights.conf import settings
from insights.models import InboxBatch, Run, Suppression
from insights.panel.access import AUDIT, may
from insights.panel.health import FRESH
from insights.panel.page import Page, link
from insights.panel.pages.forget import latest
from insights.privacy import KINDS, RETENTION_RUN, plan, table_bytes

_KEPT = 600
"""Seconds for which counts stand; to count millions of rows takes a second or two."""


def privacy(request: HttpRequest) -> Page:
    """The page."""
    last = Run.objects.filter(kind=RETENTION_RUN).order_by("-pk").first()
    planned = _planned(last)
    late = last is None or timezone.now() - last.created_at > FRESH
    context = {
        "modes": _modes(),
        "ceiling": settings.TRACKING,
        "asks": bool(settings.CONSENT),
        "kinds": [_inbox(planned["inbox"]), *(_kind(kind) for kind in planned["kinds"])],
        "waits": planned["due_rows"] > 0 and late,
        "last": _last(last),
        "hashes": formats.number(count) if (count := Suppression.objects.count()) else "",
        "receipts": latest(request),
        "log_url": link(request, "access_log") if may(request, AUDIT) else "",
    }
    return Page("privacy.html", _("Privacy"), context)


def _planned(last: Run | None) -> dict[str, Any]:
    key = f"insights:retention:{last.pk if last else ''}:{'/'.join(str(kind.days) for kind in KINDS)}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        inbox = {"rows": InboxBatch.objects.count(), "bytes": table_bytes([InboxBatch])}
        found = {**plan(timezone.now()).as_dict(), "inbox": inbox}
        cache.set(key, found, _KEPT)
    return found


def _last(run: Run | None) -> str:
    if run is None:
        return _("Nothing has been let go of yet.")
    gone = sum(run.report.get("done", {}).values())
    said = ngettext("%(count)s row was let go of on %(when)s.", "%(count)s rows were let go of on %(when)s.", gone)
    return said % {"count": formats.number(gone), "when": formats.moment(run.created_at)}


def _modes() -> list[dict[str, str]]:
    return [
        {
            "key": "full",
            "name": _("Full"),
            "stored": _("Events under a first-party cookie; joined to the customer at login and checkout."),
            "joined": _("until the cookie goes, or was unseen for too long"),
            "ground": _("consent, for the cookie and for the profile"),
        },
        {
            "key": "cookieless",
            "name": _("Without cookies"),
            "stored": _("Events under a hash that changes each day; nothing is kept in the browser."),
            "joined": _("one day"),
            "ground": _("legitimate interest: to know how the shop is used, without following anybody"),
        },
        {
            "key": "none",
            "name": pgettext("nothing is recorded", "None"),
            "stored": _("Nothing of the visitor; orders still arrive from the shop's own tables."),
            "joined": _("not at all"),
            "ground": _("for orders: the contract, and legitimate interest in knowing how the shop does"),
        },
    ]


def _names() -> dict[str, str]:
    """What each kind is, and what becomes of it."""
    return {
        "events": _("What people did, one row an event. Then deleted."),
        "visits": _("Then nobody's: they still count, and no longer say who came."),
        "visitors": _("The key of a cookie, since it was last seen. Then it leads to nobody."),
        "quarantine": _("As the source gave them. Then deleted, until the source gives them again."),
        "conversations": _("Questions with their answers, since the last one. Then deleted."),
        "scores": _("What the models said of each customer before. Then deleted."),
        "runs": _("Syncs, imports, trainings. Then deleted, but for the latest and what is in use."),
        "access_log": _("Who saw or took away personal data. Then deleted."),
        "customers": _("Since the last order, visit or rating. Then forgotten; their orders stay as sums."),
    }


def _kind(kind: dict[str, Any]) -> dict[str, str]:
    labels = {item.key: str(item.label) for item in KINDS}
    return {
        "label": labels[kind["key"]],
        "meaning": _names()[kind["key"]],
        "kept": _("for ever") if kind["days"] is None else _days(kind["days"]),
        "before": formats.day(date.fromisoformat(kind["before"])) if kind["before"] else "",
        **_amounts("now", kind["rows"], kind["bytes"]),
        **_amounts("due", kind["due_rows"], kind["due_bytes"]),
        **_amounts("month", kind["month_rows"], kind["month_bytes"]),
    }


def _inbox(there: dict[str, int]) -> dict[str, str]:
    minutes, days = settings.COLLECT.KEEP_MINUTES, settings.COLLECT.KEEP_ASIDE_DAYS
    kept = ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": formats.number(minutes)}
    return {
        "label": _("Inbox"),
        "meaning": _("What pages sent, byte for byte; deleted as it goes. Where something was put aside: %(days)s.")
        % {"days": _days(days)},
        "kept": kept,
        **_amounts("now", there["rows"], there["bytes"]),
    }


def _days(days: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": formats.number(days)}


def _amounts(name: str, rows: int, room: int) -> dict[str, str]:
    """Rows and the room that they take; a dash for none."""
    return {name: formats.number(rows) if rows else "–", f"{name}_size": formats.size(room) if rows else ""}
