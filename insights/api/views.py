"""The views: a permission, a parsed request, one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import get_language
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from insights.analytics import CUSTOMER_FIELDS, DIMENSIONS, METRICS, Query, allowed, portrait, run
from insights.analytics.result import plain
from insights.api.access import InsightsView, holds
from insights.api.requests import Question, Suggestions, Training, parsed
from insights.exceptions import QueryError
from insights.models import Act, Customer, Run
from insights.models import Product as ProductRow
from insights.privacy import record, shows_people


class QueryView(InsightsView):
    """``POST query/``: a query to the semantic layer, its result."""

    permission_classes = (holds("view_insights"),)

    def post(self, request: Request) -> Response:
        """Run the query in the body."""
        answer = run(Query.model_validate(request.data), user=request.user).as_dict()
        if shows_people(answer["columns"]) and request.user.has_perm("insights.see_personal_data"):
            record(Act.LISTED_CUSTOMERS, request.user, "api: query/", rows=len(answer["rows"]))
        return Response(answer)


class MetricsView(InsightsView):
    """``GET metrics/``: the catalogue."""

    permission_classes = (holds("view_insights"),)

    def get(self, request: Request) -> Response:
        """All metrics, dimensions and customer fields, named in the language of the request."""
        language = get_language() or "en"
        return Response(
            {
                "metrics": [
                    {
                        "key": metric.key,
                        "label": metric.label(language),
                        "unit": metric.unit,
                        "definition": metric.definition(language),
                        "better": metric.better,
                        "additive": metric.additive,
                        "dimensions": allowed(metric.key),
                    }
                    for metric in METRICS.values()
                ],
                "dimensions": [
                    {
                        "key": dimension.key,
                        "label": dimension.label(language),
                        "kind": dimension.kind,
                        "values": {str(key): term.label(language) for key, term in dimension.terms.items()},
                    }
                    for dimension in DIMENSIONS.values()
                ],
                "customer_fields": [
                    {"key": item.key, "label": item.label(language), "kind": item.kind}
                    for item in CUSTOMER_FIELDS.values()
                ],
            }
        )


class AskView(InsightsView):
    """``POST ask/``: a question in English or Chinese, its answer."""

    permission_classes = (holds("ask_insights"),)
    throttle_scope = "insights_ask"

    def post(self, request: Request) -> Response:
        """Answer the question in the body."""
        sent = parsed(Question, request.data)
        from insights.assistant import ask

        conversation = sent.get("conversation")
        answer = ask(
            sent["question"],
            user=request.user,
            language=sent.get("language"),
            as_of=sent.get("as_of"),
            conversation=str(conversation) if conversation else None,
        )
        return Response(answer.as_dict())


class RecommendationsView(InsightsView):
    """``GET recommendations/``: products to suggest; open to all, but for a customer's own only with a permission."""

    permission_classes = (AllowAny,)
    throttle_scope = "insights_recommend"

    def get(self, request: Request) -> Response:
        """Suggest products for the parameters of the address."""
        sent = parsed(Suggestions, request.query_params)
        if "customer" in sent and not request.user.has_perm("insights.view_insights"):
            raise PermissionDenied("A customer's own suggestions need the permission “insights.view_insights”.")
        from insights.serving import recommend

        found = recommend(sent.get("customer"), sent.get("product"), sent["type"], sent["limit"])
        return Response(
            {
                "items": [
                    {**_product(item.product), "score": item.score, "reason": str(item.reason), "source": item.source}
                    for item in found.items
                ],
                "strategy": found.strategy,
                "type": found.type,
                "list_id": found.list_id,
            }
        )


class CustomerView(InsightsView):
    """``GET customers/<external id>/``: the portrait of one customer; ``channel`` where two share an id."""

    permission_classes = (holds("view_insights"),)

    def get(self, request: Request, external_id: str) -> Response:
        """All facts on the customer; name and address only to those who may see them."""
        customer = _customer(external_id, request.query_params.get("channel"))
        record(Act.VIEWED_CUSTOMER, request.user, "api: customers/", about=customer)
        facts = plain(portrait(customer))
        if request.user.has_perm("insights.see_personal_data"):
            facts |= {"name": customer.name, "email": customer.email, "phone": customer.phone}
        return Response(facts)


class RunsView(InsightsView):
    """``POST runs/``: put a training into the queue."""

    permission_classes = (holds("train_models"),)

    def post(self, request: Request) -> Response:
        """Queue what the body names; a worker takes it up."""
        sent = parsed(Training, request.data)
        from insights.training import enqueue

        queued = enqueue(sent["families"], as_of=sent["as_of"], requested_by=request.user.get_username())
        from insights.tasks import wake

        wake(queued.pk)
        return Response(_run(queued), status=status.HTTP_202_ACCEPTED)


class RunView(InsightsView):
    """``GET runs/<uid>/``: how a run stands."""

    permission_classes = (holds("view_insights"),)

    def get(self, request: Request, uid: UUID) -> Response:
        """State, progress, steps and report of the run."""
        found = Run.objects.filter(uid=uid).prefetch_related("steps").first()
        if found is None:
            raise Http404
        return Response(_run(found))


def _customer(external_id: str, channel: str | None) -> Customer:
    """The customer of an external id.

    Raises:
        Http404: there is none.
        QueryError: several channels have one.
    """
    found = Customer.objects.filter(external_id=external_id, **({"channel": channel} if channel else {}))
    rows = list(found.order_by("channel")[:10])
    if not rows:
        raise Http404
    if len(rows) > 1:
        names = ", ".join(row.channel for row in rows)
        raise QueryError(f"Several channels have a customer “{external_id}”; add ?channel= and one of: {names}.")
    return rows[0]


def _product(product: ProductRow) -> dict[str, Any]:
    return {
        "product": product.external_id,
        "name": product.name,
        "url": product.url,
        "image_url": product.image_url,
        "price": plain(product.price),
        "currency": product.currency,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "uid": str(run.uid),
        "kind": run.kind,
        "families": run.families,
        "state": run.state,
        "progress": run.progress,
        "message": run.message,
        "error": run.error,
        "created_at": plain(run.created_at),
        "started_at": plain(run.started_at),
        "finished_at": plain(run.finished_at),
        "steps": [
            {"name": step.name, "state": step.state, "progress": step.progress, "message": step.message}
            for step in run.steps.all()
        ],
        "report": run.report,
    }
