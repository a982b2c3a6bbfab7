"""Who may call what, how often, and how errors are told."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404
from django.utils.crypto import salted_hmac
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from insights.exceptions import InsightsError

DEFAULT_RATES = {"insights": "120/min", "insights_ask": "20/min", "insights_recommend": "240/min"}
"""Calls allowed by default; a host changes them in ``REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]``."""


def holds(permission: str) -> type[BasePermission]:
    """A permission class: active users who hold a permission of this app."""

    class Holds(BasePermission):
        message = f"This needs the permission “insights.{permission}”."

        def has_permission(self, request: Request, view: Any) -> bool:
            user = request.user
            return bool(user and user.is_active and user.has_perm(f"insights.{permission}"))

    return Holds


class Throttle(SimpleRateThrottle):
    """So many calls a user, or an address, for the scope of the view."""

    def __init__(self) -> None:
        """The rate depends on the view, which is not known yet."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.scope = view.throttle_scope
        self.rate = self.THROTTLE_RATES.get(self.scope, DEFAULT_RATES[self.scope])
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: Any) -> str:
        user = request.user
        who = user.pk if user and user.is_authenticated else self.get_ident(request)
        # A hash, since the cache needs not know who called.
        return f"throttle_{self.scope}_{salted_hmac('insights.throttle', str(who)).hexdigest()[:24]}"


class InsightsView(APIView):
    """JSON in, JSON out; each error has a ``detail`` that says what to do, and a ``code``."""

    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONParser,)
    throttle_classes = (Throttle,)
    throttle_scope = "insights"

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, InsightsError):
            # In the manner of the framework's own, such as ``parse_error``.
            code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(exc).__name__).lower()
            return Response({"detail": str(exc), "code": code}, status=status.HTTP_400_BAD_REQUEST)
        response = super().handle_exception(exc)
        if isinstance(exc, ValidationError) and isinstance(response.data, dict):
            fields = response.data
            said = " ".join(f"“{name}”: {' '.join(map(str, _flat(faults)))}" for name, faults in fields.items())
            response.data = {"detail": said, "code": "invalid", "fields": fields}
        elif isinstance(exc, APIException) and isinstance(response.data, dict):
            response.data.setdefault("code", exc.default_code)
        elif isinstance(exc, Http404) and isinstance(response.data, dict):
            response.data.setdefault("code", "not_found")
        return response


def _flat(faults: Any) -> list[Any]:
    """What is wrong with one field, however deep it lies."""
    if isinstance(faults, dict):
        return [item for inner in faults.values() for item in _flat(inner)]
    if isinstance(faults, list):
        return [item for inner in faults for item in _flat(inner)]
    return [faults]
