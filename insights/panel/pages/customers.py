"""The list of customers: searched, filtered, sorted, and as a file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.db.models import Count, Max, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from insights import formats
from insights.models import Act, CustomerState, Order
from insights.panel.access import MERGE, PERSONAL, mask, may
from insights.panel.figures import between
from insights.panel.listing import CHOICES, COLUMNS, Filter, find, states
from insights.panel.models_in_use import horizons
from insights.panel.page import Page, link
from insights.panel.pages.duplicates import open_pairs
from insights.panel.tables import csv_file
from insights.privacy import record
from insights.vocabulary import KINDS, label

SIZE = 50
LAST_PAGE = 200
"""Beyond 10,000 rows one narrows the list down, or takes the file."""


def customers(request: HttpRequest) -> Page | HttpResponseBase:
    """The list, or with ``csv`` the whole of it as a file."""
    personal = may(request, PERSONAL)
    chosen = Filter.read(request.GET)
    found = find(chosen, personal=personal)
    if "csv" in request.GET:
        record(Act.EXPORTED_CSV, request.user, "customers", rows=found.count())
        return csv_file("customers", _file_head(personal), (_file_row(row, personal) for row in _all(found)))
    total = found.count()
    page = _page(request, total)
    rows = list(found.values(*COLUMNS)[(page - 1) * SIZE : page * SIZE])
    if personal:
        record(Act.LISTED_CUSTOMERS, request.user, "customers", rows=len(rows))
    state = CustomerState.objects.current().order_by().values("as_of").first()
    known = _known() if state else set()
    context = {
        "chosen": chosen,
        "known": known,
        "without": _without(request, chosen, personal) if not total and chosen.narrows else [],
        "personal": personal,
        "total": formats.number(total),
        "rows": [_row(request, row, personal) for row in _with_orders(rows, has_states=state is not None)],
        "has_states": state is not None,
        "as_of": formats.moment(state["as_of"]) if state else "",
        "days": horizons().get("churn") if "churn" in known else None,
        "choices": _choices(chosen, known),
        "heads": _heads(request, chosen, known, sortable=state is not None),
        "pages": _pages(request, chosen, page, total),
        "csv": link(request, "customers", **chosen.parameters(), csv=1),
        "clear": link(request, "customers"),
        "duplicates": formats.number(open_pairs().count()) if may(request, MERGE) else "",
        "duplicates_url": link(request, "duplicates"),
    }
    return Page("customers.html", _("Customers"), context)


def _known() -> set[str]:
    """Which of the scores have been given to anybody; a column of dashes tells nothing."""
    columns = {"churn": "churn_probability", "worth": "value_365"}
    return {key for key, column in columns.items() if states().filter(**{f"{column}__isnull": False}).exists()}


def _without(request: HttpRequest, chosen: Filter, personal: bool) -> list[tuple[str, str, str]]:
    """Where nobody meets all conditions: how many there are without each of them, and the way there."""
    names = {**_names(), "text": _("Search"), "cluster": _("Cluster")}
    found = []
    for key, name in names.items():
        if getattr(chosen, key):
            wider = replace(chosen, **{key: ""})
            count = find(wider, personal=personal).count()
            if count:
                found.append((name, formats.number(count), link(request, "customers", **wider.parameters())))
    return found


def _page(request: HttpRequest, total: int) -> int:
    asked = request.GET.get("page", "1")
    return min(max(int(asked) if re.fullmatch("[0-9]{1,9}", asked) else 1, 1), _last(total))


def _last(total: int) -> int:
    return min(max(-(-total // SIZE), 1), LAST_PAGE)


def _pages(request: HttpRequest, chosen: Filter, page: int, total: int) -> dict[str, str]:
    last = _last(total)
    return {
        "said": _("%(first)s to %(last)s of %(total)s")
        % {
            "first": formats.number((page - 1) * SIZE + 1 if total else 0),
            "last": formats.number(min(page * SIZE, total)),
            "total": formats.number(total),
        },
        "before": link(request, "customers", **chosen.parameters(), page=page - 1) if page > 1 else "",
        "after": link(request, "customers", **chosen.parameters(), page=page + 1) if page < last else "",
        "capped": _("Narrow the list down to see more, or take the file.") if page == LAST_PAGE else "",
    }


def _names() -> dict[str, str]:
    return {
        "segment": _("Segment"),
        "rfm_type": _("Type"),
        "churn_band": _("May not come back"),
        "value_band": _("Worth"),
    }


def _choices(chosen: Filter, known: set[str]) -> list[dict[str, Any]]:
    names = _names()
    scores = {"churn_band": "churn", "value_band": "worth"}
    return [
        {
            "key": key,
            "label": names[key],
            "options": [
                *([("good", _("top or high"), chosen.value_band == "good")] if key == "value_band" else []),
                *(
                    (term.key, term.label(formats.language()), term.key == getattr(chosen, key))
                    for term in KINDS[key].values()
                ),
            ],
        }
        for key in CHOICES
        if getattr(chosen, key) or (key != "rfm_type" and scores.get(key, key) in {*known, "segment"})
    ]


def _heads(request: HttpRequest, chosen: Filter, known: set[str], *, sortable: bool) -> list[dict[str, str]]:
    heads = [
        ("", _("Customer"), ""),
        ("", _("Segment"), "ins-left ins-hide-s"),
        ("orders", _("Orders"), "ins-hide-s"),
        ("spent", _("Spent"), ""),
        ("recency", _("Last order"), "ins-hide-s"),
        ("churn", _("May not come back"), ""),
        ("worth", _("Worth, 12 months"), "ins-hide-s"),
    ]
    written = []
    for key, name, css in heads:
        if key in {"churn", "worth"} - known:
            continue
        falls = chosen.sort == f"-{key}"
        arrow, said = (" ▼", "descending") if falls else (" ▲", "ascending") if chosen.sort == key else ("", "")
        turned = key if falls else f"-{key}"
        href = link(request, "customers", **chosen.parameters(sort=turned)) if key and sortable else ""
        written.append({"label": name, "css": css, "href": href, "sort": said if href else "", "arrow": arrow})
    return written


def _with_orders(rows: list[dict[str, Any]], *, has_states: bool) -> list[dict[str, Any]]:
    """Before the first training, orders and spend of the rows shown are counted on the spot."""
    if has_states:
        return rows
    counted = {
        row["customer"]: row
        for row in Order.objects.valid()
        .filter(customer__in=[row["pk"] for row in rows])
        .order_by()
        .values("customer")
        .annotate(orders=Count("pk"), spent=Sum("base_total"), last=Max("local_date"))
    }
    today = formats.timezone.localdate()
    for row in rows:
        found = counted.get(row["pk"])
        if found:
            row |= {
                "state__frequency": found["orders"],
                "state__monetary": found["spent"],
                "state__recency_days": (today - found["last"]).days,
            }
    return rows


def _row(request: HttpRequest, row: dict[str, Any], personal: bool) -> dict[str, Any]:
    churn = row["state__churn_probability"]
    recency = row["state__recency_days"]
    band = row["state__churn_band"] or ""
    return {
        "name": (row["name"] if personal else mask(row["name"])) or _("Guest") * row["is_guest"] or row["external_id"],
        "id": row["external_id"],
        "url": link(
            request, "customer", row["external_id"], channel="" if row["channel"] == "shop" else row["channel"]
        ),
        "segment": label("segment", row["state__segment"] or "", formats.language()),
        "segment_url": link(request, "customers", segment=row["state__segment"]) if row["state__segment"] else "",
        "orders": "–" if row["state__frequency"] is None else formats.number(row["state__frequency"]),
        "spent": "–" if row["state__monetary"] is None else formats.money(row["state__monetary"]),
        "last": "–" if recency is None else formats.ago(recency),
        "churn": "–" if churn is None else formats.chance(churn),
        "churn_range": between(row["state__churn_low"], row["state__churn_high"]),
        "churn_css": {"high": "ins-bad", "medium": "ins-warn"}.get(band, ""),
        "band": label("churn_band", band, formats.language()),
        "worth": "–" if row["state__value_365"] is None else formats.money(row["state__value_365"]),
    }


def _all(found: Any) -> Any:
    return found.values(*COLUMNS).iterator(chunk_size=2000)


def _file_head(personal: bool) -> list[str]:
    return ["customer", *(["name", "email"] if personal else []), *(name.removeprefix("state__") for name in _FILE)]


_FILE = tuple(name for name in COLUMNS if name not in {"pk", "external_id", "name", "email", "is_guest"})


def _file_row(row: dict[str, Any], personal: bool) -> list[Any]:
    return [row["external_id"], *([row["name"], row["email"]] if personal else []), *(row[name] for name in _FILE)]
