"""The record of who saw, took away or changed what is known of a person.

It is written while somebody waits, so it is one statement or two, and whatever goes wrong with it is logged and never
reaches the page.
"""

from __future__ import annotations

import getpass
import logging
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.db import Error, connections, router, transaction
from django.db.models import F
from django.utils import timezone

from insights.models import AccessRecord, Act, Customer

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=10)
"""Looking again within it is one looking."""
_LISTING = frozenset({Act.LISTED_CUSTOMERS, Act.ASKED_ABOUT_PERSON})
_LOOKING = _LISTING | {Act.VIEWED_CUSTOMER, Act.VIEWED_RAW_ROW}
"""Acts of which several make one; the others are written each time."""
COMMAND_LINE = "command line"


def record(act: Act, user: Any, place: str, *, about: Customer | str = "", rows: int = 1) -> None:
    """Write down that somebody saw, took away or changed personal data.

    Looking at the same once more within ten minutes is not written again; of lists, the people shown in that time are
    added up.

    Args:
        act: what was done.
        user: who; None is the command line, and then the user of the operating system is named.
        place: the page, the address of the API or the command.
        about: the person, or a key of ours such as ``row:7``; no name.
        rows: people or rows that were shown or taken; nothing is written for none.
    """
    if not rows:
        return
    subject = f"customer:{about.pk}" if isinstance(about, Customer) else about
    try:
        # A failure must not break the transaction that the request may have; where it has none, nobody waits for one.
        using = router.db_for_write(AccessRecord)
        with transaction.atomic(using) if connections[using].in_atomic_block else nullcontext():
            _write(act, user, place[:64], subject[:64], rows)
    except Error as error:
        logger.error("That somebody %s (%s) could not be recorded: %s.", act.value, place, type(error).__name__)


def shows_people(columns: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the columns of an answer or of a result tell one customer from another."""
    return any(column.get("key") == "customer" for column in columns)


def _write(act: Act, user: Any, place: str, subject: str, rows: int) -> None:
    now = timezone.now()
    key, name = _who(user)
    if act in _LOOKING:
        lately = AccessRecord.objects.filter(
            user_key=key, user_name=name, act=act, subject=subject, place=place, at__gt=now - WINDOW
        )
        if lately.update(rows=F("rows") + rows) if act in _LISTING and not subject else lately.exists():
            return
    AccessRecord.objects.create(at=now, user_key=key, user_name=name, act=act, subject=subject, rows=rows, place=place)


def _who(user: Any) -> tuple[str, str]:
    if user is not None:
        return str(user.pk)[:64], str(user.get_username())[:150]
    try:
        return "", f"{COMMAND_LINE}: {getpass.getuser()}"[:150]
    except (OSError, KeyError, ImportError):
        # A container may run under a number that has no name.
        return "", COMMAND_LINE
