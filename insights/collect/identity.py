"""What joins a browser to a customer, and what parts them: a sign-in, a sign-out, the wish to be forgotten."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from insights.cleaning import settle_touches
from insights.consent import BROWSER, subject_hash, tracking_mode
from insights.models import Customer, Event, IdentityLink, InboxBatch, Suppression, Visit, Visitor, atomically

from .browser import VISITOR_COOKIE, cookie_key


@atomically
def stitch(visitor: Visitor, customer: Customer, *, how: str) -> IdentityLink:
    """Join a browser to a customer: what it did so far, while nobody was signed in, becomes theirs.

    Args:
        visitor: of nobody yet.
        customer: who it turned out to be.
        how: ``login``, ``checkout`` and the like, for the record.

    Raises:
        ValueError: the browser is another customer's; two known people are never made one.
    """
    if not Visitor.objects.filter(pk=visitor.pk, customer=None).update(customer=customer):
        visitor.refresh_from_db(fields=["customer"])
        if visitor.customer_id != customer.pk:
            raise ValueError("The visitor belongs to another customer; make a new visitor instead.")
    visitor.customer = customer
    for model in (Event, Visit):
        model._default_manager.filter(visitor=visitor, customer=None).update(customer=customer)
    settle_touches([customer.pk])
    there = IdentityLink.objects.filter(visitor=visitor, customer=customer, undone_at=None).first()
    return there or IdentityLink.objects.create(visitor=visitor, customer=customer, how=how, linked_at=timezone.now())


@atomically
def unstitch(link: IdentityLink) -> None:
    """Undo a stitch: what came from it is nobody's again; what was done after it, signed in, stays theirs."""
    if link.undone_at is not None:
        return
    before = {"visitor": link.visitor_id, "customer": link.customer_id}
    Event.objects.filter(**before, recorded_at__lt=link.linked_at).update(customer=None)
    Visit.objects.filter(**before, ended_at__lt=link.linked_at).update(customer=None)
    Visitor.objects.filter(pk=link.visitor_id, customer=link.customer_id).update(customer=None)
    settle_touches([link.customer_id], anew=True)
    link.undone_at = timezone.now()
    link.save(update_fields=["undone_at"])


@atomically
def signed_out(request: HttpRequest) -> None:
    """Note that somebody signs out: who comes next from this browser may be anybody."""
    key, now = cookie_key(request), timezone.now()
    if key is None or tracking_mode(request) != "full":
        return
    # What they sent may still lie in the inbox.
    if not Visitor.objects.filter(key=key).update(left_at=now):
        Visitor.objects.get_or_create(key=key, defaults={"first_seen": now, "last_seen": now, "left_at": now})


@atomically
def forget_browser(response: HttpResponse, request: HttpRequest) -> None:
    """Unlink what a browser did: it is still counted, and is nobody's; the browser loses its name for good."""
    key = cookie_key(request)
    response.delete_cookie(VISITOR_COOKIE, samesite="Lax")
    if key is None:
        return
    InboxBatch.objects.filter(visitor_key=key).delete()
    visitor = Visitor.objects.filter(key=key).first()
    if visitor is not None:
        for model in (Event, Visit):
            model._default_manager.filter(visitor=visitor).update(visitor=None, customer=None, session_key="")
        visitor.delete()
    Suppression.objects.get_or_create(subject_hash=subject_hash(BROWSER, key))
