"""What a browser sent, without what must not be kept, before it is committed to the inbox."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from insights.cleaning import allowed
from insights.conf import settings
from insights.masking import without_addresses

_ADDRESSES = (b"@", b"%40", b"\\u")
"""Without one of them there is no e-mail address in a body; behind the last one anything may hide."""


def stripped(body: bytes) -> bytes:
    """A batch as it may be kept. Most hold nothing of the kind, and stay byte for byte as they came."""
    if not any(mark in body for mark in _ADDRESSES) and not _names(tuple(settings.COLLECT.DENY)).search(body):
        return body
    text = body.decode("utf-8-sig", "replace")
    try:
        sent = allowed(json.loads(text))
    except (ValueError, RecursionError):
        return without_addresses(text).encode("utf-8", "replace")
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


@lru_cache(maxsize=8)
def _names(denied: tuple[str, ...]) -> re.Pattern[bytes]:
    """Finds what may be a denied name: its longest part without a joker, and not long after it the end of a key."""
    parts = {max(re.split(r"[*?\[]", name.strip().lower()), key=len) for name in denied}
    written = "|".join(re.sub(r"[-_]", "[-_]", re.escape(part).replace(r"\-", "-")) for part in sorted(parts))
    return re.compile(rf"(?:{written})[^\"=&\s]{{0,60}}[\"=]".encode() if parts else rb"(?!)", re.IGNORECASE)
