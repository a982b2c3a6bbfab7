"""Who may see and do what in the panel."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from insights.masking import PERSONAL

__all__ = ["ASK", "MEND", "PERSONAL", "REPLAY", "TRAIN", "VIEW", "demand", "may"]

VIEW = "insights.view_insights"
TRAIN = "insights.train_models"
ASK = "insights.ask_insights"
REPLAY = "insights.replay_events"
MEND = "insights.mend_rows"
JUDGE = "insights.judge_bots"
AUDIT = "insights.view_audit_log"
MERGE = "insights.merge_customers"
FORGET = "insights.forget_people"


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the one who asks is active staff with a permission."""
    user = request.user
    return bool(user.is_active and user.is_staff and user.has_perm(permission))


def demand(request: HttpRequest, permission: str) -> None:
    """An act needs a POST and a permission.

    Raises:
        PermissionDenied: one of them is missing.
    """
    if request.method != "POST" or not may(request, permission):
        raise PermissionDenied
