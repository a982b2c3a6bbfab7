"""The script of the beacon as it is served where the shop gave it an address of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

FILES = ("insights/beacon.js", "insights/beacon-options.js")
"""The core, and what a page may have besides."""
_FOLDER = Path(__file__).resolve().parents[1] / "static"


@dataclass(frozen=True)
class _Script:
    """Read at the first call."""

    @cached_property
    def source(self) -> bytes:
        """Core and options in one."""
        return b"\n".join((_FOLDER / name).read_bytes() for name in FILES)

    @cached_property
    def version(self) -> str:
        """Changes with the source."""
        return sha256(self.source).hexdigest()[:12]


SCRIPT = _Script()
