"""What lies in the inbox, event by event as it comes, with what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from insights import formats
from insights.cleaning import BY_KEY, say_why
from insights.collect import KIND, Draft, Refused, read_batch
from insights.masking import named
from insights.models import EVENT_NAMES, InboxBatch, InboxState, QuarantinedRow
from insights.panel.bots import reason_name
from insights.panel.labels import DEVICES

SHOWN = 60
"""Events on the page."""
_LOOKED_AT = 300
"""Batches that are looked through for them."""
_PATIENCE = timedelta(seconds=10)
WAITING, WRITTEN, TWICE, ASIDE = "waiting", "written", "twice", "aside"


@dataclass(frozen=True)
class Wanted:
    """What the page is to show; empty is all.

    Attributes:
        who: the made-up name of a visitor, as the page shows it.
    """

    who: str = ""
    event: str = ""
    state: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Wanted:
        """From the parameters of a request."""
        event, state = said.get("event", ""), said.get("state", "")
        return cls(
            said.get("who", "").strip()[:12],
            event if event in EVENT_NAMES else "",
            state if state in (WAITING, WRITTEN, TWICE, ASIDE) else "",
        )


@dataclass(frozen=True)
class FeedRow:
    """One event.

    Attributes:
        who: a made-up name, the same for what one visitor does on a day.
        about: what it was about, in short.
        why: why it was put aside, or that it was there already.
    """

    at: str
    name: str
    who: str
    customer: str
    about: str
    page: str
    device: str
    state: str
    label: str
    css: str
    why: str


@dataclass(frozen=True)
class Counters:
    """How the inbox stands.

    Attributes:
        minute: batches that came within the last minute.
        hour: those within the last hour, as far as they are kept.
        stuck: whether something waits that no worker takes.
    """

    minute: int
    hour: int
    waiting: int
    aside: int
    stuck: bool


def states() -> dict[str, str]:
    """What may have become of an event."""
    return {
        WAITING: _("waiting"),
        WRITTEN: _("written"),
        TWICE: _("there already"),
        ASIDE: _("put aside"),
    }


def rows(wanted: Wanted, *, personal: bool) -> list[FeedRow]:
    """The latest events first.

    Args:
        personal: whether keys of customers are shown in full.
    """
    found: list[FeedRow] = []
    for batch in InboxBatch.objects.order_by("-pk")[:_LOOKED_AT].iterator(chunk_size=50):
        who = pseudonym(batch)
        if wanted.who and wanted.who != who:
            continue
        for row in _of(batch, who, personal):
            if (wanted.event and row.name != wanted.event) or (wanted.state and row.state != wanted.state):
                continue
            found.append(row)
            if len(found) == SHOWN:
                return found
    return found


def counters() -> Counters:
    """How the inbox stands now."""
    now = timezone.now()
    lately = InboxBatch.objects.filter(received_at__gte=now - timedelta(hours=1))
    waiting = InboxBatch.objects.filter(state__in=[InboxState.WAITING, InboxState.WORKING])
    stand = waiting.aggregate(count=Count("pk"), oldest=Min("received_at"))
    return Counters(
        minute=lately.filter(received_at__gte=now - timedelta(minutes=1)).count(),
        hour=lately.count(),
        waiting=stand["count"],
        aside=QuarantinedRow.objects.filter(kind=KIND, resolved_at=None).count(),
        stuck=stand["oldest"] is not None and now - stand["oldest"] > _PATIENCE,
    )


def pseudonym(batch: InboxBatch) -> str:
    """A made-up name of the sender, that leads to nobody."""
    return salted_hmac("insights.panel.feed", batch.visitor_key or batch.session_key).hexdigest()[:6]


def _of(batch: InboxBatch, who: str, personal: bool) -> Iterator[FeedRow]:
    """The events of a batch, the last one first."""
    found = read_batch(bytes(batch.body), batch.received_at, batch.host)
    aside, twice = batch.report.get("aside", {}), set(batch.report.get("twice", ()))
    drafts: dict[int, list[Draft]] = {}
    for draft in found.drafts:
        drafts.setdefault(draft.index, []).append(draft)
    refused = {one.index: one for one in found.refused}
    customer = named(batch.customer_key, personal=personal)
    over = batch.state in (InboxState.DONE, InboxState.ASIDE)
    for index in sorted({*drafts, *refused}, reverse=True):
        rule, reason = aside.get(str(index)) or aside.get("-1") or ("", "")
        state = WAITING if not over else ASIDE if rule else TWICE if index in twice else WRITTEN
        why = say_why(reason)
        if rule in BY_KEY:
            why = _("%(rule)s: %(reason)s") % {"rule": BY_KEY[rule].label, "reason": why}
        yield _row(batch, drafts.get(index, []), refused.get(index), (who, customer), (state, why))


def _row(
    batch: InboxBatch,
    drafts: list[Draft],
    refused: Refused | None,
    sender: tuple[str, str],
    became: tuple[str, str],
) -> FeedRow:
    said = drafts[0] if drafts else None
    state, why = became
    at = said.occurred_at if said else batch.received_at
    device = str(DEVICES.get(batch.device, batch.device))
    bot = reason_name(batch.bot) if batch.bot else ""
    return FeedRow(
        at=timezone.localtime(at).strftime("%H:%M:%S"),
        name=said.name if said else _said_name(refused),
        who=sender[0],
        customer=sender[1],
        about=_about(drafts),
        page=said.page if said else "",
        device=" · ".join(filter(None, (device, bot, _("staff") if batch.staff else ""))),
        state=state,
        label=states()[state],
        css={WRITTEN: "ins-chip--good", TWICE: "ins-chip--soft", ASIDE: "ins-chip--warn"}.get(state, ""),
        why=why,
    )


def _about(drafts: list[Draft]) -> str:
    """Products, a search, an order or a sum of money."""
    if not drafts:
        return ""
    first = drafts[0]
    if first.shown is not None:
        return _("%(count)s products of %(list)s") % {"count": len(drafts), "list": first.list_id}
    products = ", ".join(draft.product for draft in drafts[:3] if draft.product)
    more = f" +{len(drafts) - 3}" if len(drafts) > 3 else ""
    value = formats.money(first.value, first.currency) if first.value is not None else ""
    query = f"“{first.query}”" if first.query else ""
    return " · ".join(filter(None, (products + more, query, first.order, value)))


def _said_name(refused: Refused | None) -> str:
    """What a refused event calls itself, where that is a word."""
    said: Any = refused.said.get("name") if refused and isinstance(refused.said, dict) else ""
    return said[:32] if isinstance(said, str) and said.isidentifier() else "–"
