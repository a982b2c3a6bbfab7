"""What other platforms call when something changes there: signed messages, taken over before they are answered.

Whatever is answered with an error is sent again by the platform, for hours and days, so that nothing is lost while the
database is away; and what is sent twice changes nothing.
"""

from __future__ import annotations

import json
import logging
import re
from contextlib import suppress
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from insights.conf import settings
from insights.exceptions import InsightsError, trace
from insights.privacy import Subject, find_receipt, find_subject, forget, stranger
from insights.sources import SENDERS, is_signed, take_message

logger = logging.getLogger(__name__)

MOST_BYTES = 5 * 1024 * 1024
_TRIAL = re.compile(rb"webhook_id=\d{1,20}")
"""What WooCommerce sends, unsigned, when a webhook is made, to see whether somebody answers."""


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class HookView(View):
    """``POST api/hooks/shopify/`` and ``api/hooks/woocommerce/``: the signature is the permission.

    200 for what was taken, what was known already and what nobody wants to keep; 401 without a valid signature, 404
    where no secret is set, 400 and 413 for what is no message, 503 while the database is away.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, platform: str) -> HttpResponse:
        """Take a message."""
        sender = SENDERS.get(platform)
        secrets: list[str] = getattr(settings.WEBHOOKS, platform.upper()) if sender is not None else []
        if sender is None or not any(secrets):
            return HttpResponse(status=404)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            return HttpResponse(status=413)
        body = request.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            return HttpResponse(status=413)
        if platform == "woocommerce" and _TRIAL.fullmatch(body):
            return HttpResponse(status=200)
        if not is_signed(body, request.headers.get(sender.signature, ""), filter(None, secrets)):
            return HttpResponse(status=401)
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return HttpResponse(status=400)
        if not isinstance(said, dict):
            return HttpResponse(status=400)
        topic = request.headers.get(sender.topic, "")[:100]
        try:
            if topic == "customers/redact":
                _redact(sender.platform.channel, said)
            else:
                take_message(sender, topic, said)
        except DatabaseError as error:
            logger.error("A message of %s could not be taken over: %s", platform, trace(error))
            return HttpResponse(status=503, headers={"Retry-After": "60"})
        return HttpResponse(status=200)


def _redact(channel: str, said: dict[str, Any]) -> None:
    """Forget the person whom the platform was asked to forget; of one who is not here, what texts say of the address."""
    person = said.get("customer")
    if not isinstance(person, dict):
        return
    key, address = str(person.get("id") or ""), str(person.get("email") or "")
    subject: Subject | None = None
    with suppress(InsightsError):
        subject = find_subject(key, channel)
    if subject is None and find_receipt(key, channel) is None and find_receipt(address) is None:
        subject = stranger(address)
    if subject is not None:
        forget(subject)
