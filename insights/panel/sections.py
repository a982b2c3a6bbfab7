"""The parts of the panel, in the order of its navigation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from insights.panel.access import ASK, VIEW

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Section:
    """One entry of the panel in the admin's list of apps and in the panel's own navigation.

    Attributes:
        key: its part of the address and of the names of its URLs.
        label: what it is called.
        permission: what one needs to see it.
    """

    key: str
    label: _StrPromise
    permission: str = VIEW


SECTIONS = (
    Section("overview", _("Overview")),
    Section("customers", _("Customers")),
    Section("segments", _("Segments")),
    Section("traffic", _("Traffic")),
    Section("training", _("Training")),
    Section("data", _("Data")),
    Section("privacy", _("Privacy")),
    Section("ask", _("Ask"), ASK),
)
