"""The browser side: who is there, what they did, written down as far as they agreed to it.

Nothing heavy is imported here, since the web process that takes orders also takes the beacon.
"""

from __future__ import annotations

from .browser import VISITOR_COOKIE
from .drafts import Draft, Refused, read_batch
from .hosts import basket_of, host_key, look_of
from .identity import signed_out, stitch, unstitch
from .inbox import KIND, accepted, purge, replay, waiting
from .ingest import track
from .limits import forget as forget_counts
from .process import WorkReport, work
from .recount import decide, pending, recount
from .script import FILES, SCRIPT
from .sender import Recognised, recognise
from .tokens import Shown, shown, token

__all__ = [
    "FILES",
    "KIND",
    "SCRIPT",
    "VISITOR_COOKIE",
    "Draft",
    "Recognised",
    "Refused",
    "Shown",
    "WorkReport",
    "accepted",
    "basket_of",
    "decide",
    "forget_counts",
    "host_key",
    "look_of",
    "pending",
    "purge",
    "read_batch",
    "recognise",
    "recount",
    "replay",
    "shown",
    "signed_out",
    "stitch",
    "token",
    "track",
    "unstitch",
    "waiting",
    "work",
]
