"""Event ids that sort by time: UUID version 7 (RFC 9562)."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new one: 48 bits of milliseconds, then 74 random bits."""
    return uuid_of(time.time_ns() // 1_000_000, secrets.randbits(80))


def uuid_of(milliseconds: int, rest: int) -> UUID:
    """One that begins with a time; six of the 80 bits of ``rest`` make room for version and variant."""
    value = (milliseconds & (1 << 48) - 1) << 80 | rest
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def read_uuid7(text: object) -> UUID | None:
    """The id that a text writes; None unless it is one of version 7."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if found.version == 7 else None
