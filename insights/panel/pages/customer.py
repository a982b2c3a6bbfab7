"""The page of one customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from insights import formats
from insights.consent import objects_to_profiling
from insights.exceptions import InsightsError
from insights.masking import handle, mask, named, pk_of, shown_key
from insights.models import Act, Customer, CustomerState
from insights.panel import charts
from insights.panel.access import FORGET, PERSONAL, may
from insights.panel.figures import between
from insights.panel.joined import joined
from insights.panel.models_in_use import horizons
from insights.panel.page import Page, link
from insights.panel.pages.duplicates import undo_bar
from insights.panel.persons import page_of
from insights.panel.portrait import Money, facts, favourites, money_of, rfm_grid, usual_churn
from insights.panel.reasons import base, reasons
from insights.panel.timeline import KINDS, timeline
from insights.privacy import export_person, find_subject, record
from insights.vocabulary import label

HORIZONS = (30, 90, 180, 365)


def customer(request: HttpRequest, external_id: str) -> Page | HttpResponseBase:
    """Who, how likely to leave, worth, what happened, likes, suggestions, consent."""
    found = _find(external_id, request.GET.get("channel", ""))
    personal = may(request, PERSONAL)
    if found.merged_into is not None:
        return HttpResponseRedirect(page_of(request, found.merged_into))
    if request.GET.get("format") == "json" and personal:
        record(Act.EXPORTED_PERSON, request.user, "customer", about=found)
        return _archive(found)
    record(Act.VIEWED_CUSTOMER, request.user, "customer", about=found)
    state = CustomerState.objects.current().filter(customer=found).select_related("generation").first()
    spent = money_of(found)
    context = {
        "who": _who(request, found, personal),
        "facts": facts(spent, state),
        "state": state,
        "chips": _chips(request, state),
        "churn": _churn(state, horizons() if state else {}),
        "as_of": formats.moment(state.as_of) if state else "",
        "worth": _worth(spent, state),
        "position": _position(state),
        "likes": [(name, charts.level(share), formats.percent(share, 0)) for name, share in favourites(found)],
        "suggestions": _suggestions(found),
        **_happened(request, found, personal),
        "consent": _consent(found),
        "joined": joined(request, found, personal=personal),
        "undo": undo_bar(request, personal, ""),
    }
    return Page("customer.html", context["who"]["name"], context)


def _find(external_id: str, channel: str) -> Customer:
    people = Customer.objects.select_related("merged_into")
    if channel:
        people = people.filter(channel=channel)
    customer = people.filter(external_id=external_id).order_by("pk").first()
    customer = customer or people.filter(pk=pk_of(external_id)).first()
    if customer is None:
        raise Http404(_("There is no customer “%(id)s”.") % {"id": external_id})
    return customer


def _archive(customer: Customer) -> JsonResponse:
    response = JsonResponse(export_person(find_subject(customer.external_id, customer.channel)))
    response["Content-Disposition"] = 'attachment; filename="customer.json"'
    return response


def _who(request: HttpRequest, customer: Customer, personal: bool) -> dict[str, str]:
    channel = "" if customer.channel == "shop" else customer.channel
    opened = personal and "show" in request.GET
    name = named(customer.name, personal=personal)
    key = handle(customer.pk, customer.external_id)
    number = _("Customer %(id)s") % {"id": shown_key(customer.external_id, personal=personal)}
    place = ", ".join(part for part in (customer.city if personal else "", customer.country) if part)
    told = [
        number if name else "",
        _("since %(day)s") % {"day": formats.long_day(customer.joined_at.date())} if customer.joined_at else "",
        place,
        _("a guest") if customer.is_guest else "",
        _("a firm") if customer.is_business else "",
        channel,
        customer.email if opened else mask(customer.email),
        customer.phone if opened else mask(customer.phone),
        _("address kept as a hash") if customer.email_hash and not customer.email else "",
    ]
    return {
        "name": name or number,
        "letter": (customer.name[:1] if personal else "") or "#",
        "told": " · ".join(part for part in told if part),
        "show": link(request, "customer", key, channel=channel, show="personal")
        if personal and not opened and (customer.email or customer.phone)
        else "",
        "archive": link(request, "customer", key, channel=channel, format="json") if personal else "",
        "forget": link(request, "forget", customer.pk) if may(request, FORGET) else "",
    }


def _chips(request: HttpRequest, state: CustomerState | None) -> list[dict[str, str]]:
    if state is None:
        return []
    language = formats.language()
    lost = {"at_risk", "cannot_lose", "hibernating", "lost"}
    chips = [
        {
            "text": label("segment", state.segment, language),
            "css": "ins-chip--bad" if state.segment in lost else "ins-chip--soft",
            "url": link(request, "customers", segment=state.segment),
        },
        {
            "text": label("rfm_type", state.rfm_type, language),
            "css": "ins-chip--soft",
            "url": link(request, "customers", rfm_type=state.rfm_type),
        },
        {
            "text": _("Worth: %(band)s") % {"band": label("value_band", state.value_band, language)},
            "css": "ins-chip--soft",
            "url": link(request, "customers", value_band=state.value_band),
        },
    ]
    present = (state.segment, state.rfm_type, state.value_band)
    shown = [chip for chip, there in zip(chips, present, strict=True) if there]
    if state.cluster is not None:
        shown.append(
            {
                "text": _("Cluster %(number)s") % {"number": state.cluster + 1},
                "css": "ins-chip--soft",
                "url": link(request, "customers", cluster=state.cluster),
            }
        )
    return shown


def _churn(state: CustomerState | None, days: dict[str, int]) -> dict[str, Any] | None:
    if state is None or state.churn_probability is None:
        return None
    chance, low, high = state.churn_probability, state.churn_low, state.churn_high
    usual = usual_churn(state)
    ends = between(low, high)
    within = ends
    if "churn" in days:
        within = _("%(range)s, within %(days)s days") if ends else _("within %(days)s days")
        within = within % {"range": ends, "days": days["churn"]}
    said = formats.chance(chance)
    return {
        "chance": said,
        "within": within,
        "band": state.churn_band,
        "band_label": label("churn_band", state.churn_band, formats.language()),
        "track": charts.track(
            chance,
            low=low,
            high=high,
            usual=usual,
            usual_name=_("usual %(chance)s") % {"chance": formats.chance(usual)} if usual is not None else "",
            label=_("%(chance)s likely to leave, range %(between)s") % {"chance": said, "between": ends},
        ),
        "reasons": reasons(state.churn_reasons),
        "base": formats.chance(base(state.churn_reasons, chance)) if state.churn_reasons else "",
        "purchase": formats.chance(state.purchase_probability) if state.purchase_probability is not None else "",
        "purchase_days": days.get("purchase", ""),
        "purchase_reasons": [reason.words for reason in reasons(state.purchase_reasons, most=2)[:2]],
    }


def _worth(spent: Money, state: CustomerState | None) -> dict[str, Any] | None:
    if not spent.course:
        return None
    expected = [(days, getattr(state, f"value_{days}")) for days in HORIZONS] if state else []
    known = [(days, float(amount)) for days, amount in expected if amount is not None]
    year = state.value_365 if state else None
    as_of = formats.timezone.localdate(state.as_of) if state else formats.timezone.localdate()
    drawing = charts.outlook(
        charts.Outlook([(day, float(amount)) for day, amount in spent.course], as_of, known),
        label=_("Spent %(spent)s so far") % {"spent": formats.money(spent.total)}
        + (_("; likely %(worth)s more within 12 months") % {"worth": formats.money(year)} if year is not None else ""),
        show=formats.short_money,
        day=formats.month,
        now=pgettext("this moment", "Now"),
    )
    return {
        "year": formats.money(year) if year is not None else "",
        "drawing": drawing,
        "horizons": [(_("%(days)s days") % {"days": days}, formats.money(amount)) for days, amount in known],
        "alive": formats.chance(state.alive_probability) if state and state.alive_probability is not None else "",
    }


def _position(state: CustomerState | None) -> dict[str, Any] | None:
    if state is None or state.r is None or state.f is None or state.generation_id is None:
        return None
    grid = rfm_grid(state.generation_id)
    table = charts.heatmap(
        [_("R %(step)s") % {"step": step} for step in range(5, 0, -1)],
        [_("F %(step)s") % {"step": step} for step in range(1, 6)],
        [[count or None for count in row] for row in grid],
        caption=_("Customers by how lately (R) and how often (F) they bought"),
        show=formats.number,
        marked=(5 - state.r, state.f - 1),
    )
    return {"table": table, "r": state.r, "f": state.f, "m": state.m}


def _suggestions(customer: Customer) -> dict[str, Any]:
    from insights.serving import recommend

    try:
        found = recommend(customer=customer, limit=4)
    except InsightsError as error:
        return {"items": [], "error": str(error)}
    return {
        "items": [
            {
                "name": str(item.product),
                "letter": str(item.product)[:1],
                "image": item.product.image_url,
                "price": formats.price(item.product.price, item.product.currency)
                if item.product.price is not None
                else "",
                "reason": item.reason,
            }
            for item in found.items
        ],
        "strategy": found.strategy,
        "error": "",
    }


def _happened(request: HttpRequest, customer: Customer, personal: bool) -> dict[str, Any]:
    kind = request.GET.get("kind", "all")
    kind = kind if kind in KINDS else "all"
    before = _day(request.GET.get("before", ""))
    days = timeline(customer, kind, before, size=11, personal=personal)
    channel = "" if customer.channel == "shop" else customer.channel
    names = {
        "all": _("All"),
        "orders": _("Orders"),
        "visits": _("Visits"),
        "ratings": pgettext("given by customers", "Ratings"),
    }

    def address(**query: object) -> str:
        key = handle(customer.pk, customer.external_id)
        return link(request, "customer", key, channel=channel, **query) + "#happened"

    def kept(value: str) -> str:
        return "" if value == "all" else value

    earlier: date | None = days[9].day if len(days) > 10 else None
    return {
        "timeline": days[:10],
        "kinds": [(name, address(kind=kept(key)), key == kind) for key, name in names.items()],
        "earlier": address(kind=kept(kind), before=earlier.isoformat()) if earlier else "",
        "latest": address(kind=kept(kind)) if before else "",
    }


def _day(asked: str) -> date | None:
    try:
        return parse_date(asked)
    except ValueError:
        return None


def _consent(customer: Customer) -> list[tuple[str, str, str]]:
    """(mark, what, answer)."""
    letters = {True: ("", _("Yes")), False: ("none", _("No")), None: ("none", _("Not asked, so no"))}
    mark, answer = letters[customer.accepts_marketing]
    profiled = ("none", _("No, objects to it")) if objects_to_profiling(customer) else ("", _("Yes"))
    return [
        (mark, _("Letters"), answer),
        (profiled[0], _("Suggestions made for this person"), profiled[1]),
    ]
