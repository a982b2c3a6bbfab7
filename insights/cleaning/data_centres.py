"""Whether an address belongs to a data centre, by lists that the shop keeps; nobody's list is right for long."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path

from insights.conf import settings

# A network as each provider publishes it, in JSON, CSV or a line of its own; an address alone would match versions too.
_NETWORK = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}:[0-9a-f:.]*|::[0-9a-f:.]*)/\d{1,3}(?!\w|\.\d)", re.I
)


@dataclass(frozen=True)
class Networks:
    """Networks, joined where they touch.

    Attributes:
        first: the first address of each, in order, by version of the protocol.
        last: the last address of each.
    """

    first: dict[int, list[int]] = field(default_factory=dict)
    last: dict[int, list[int]] = field(default_factory=dict)

    def __contains__(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None) or found
        at = bisect_right(self.first.get(mapped.version, []), int(mapped)) - 1
        return at >= 0 and int(mapped) <= self.last[mapped.version][at]


def networks_of(texts: Iterable[str]) -> Networks:
    """The networks that stand in texts, whatever else stands there; what is none is passed over."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for text in texts:
        for met in _NETWORK.finditer(text):
            try:
                network = ip_network(met[0], strict=False)
            except ValueError:
                continue
            first = int(network.network_address)
            spans.setdefault(network.version, []).append((first, first + network.num_addresses - 1))
    joined = Networks()
    for version, found in spans.items():
        firsts, lasts = joined.first.setdefault(version, []), joined.last.setdefault(version, [])
        for first, last in sorted(found):
            if lasts and first <= lasts[-1] + 1:
                lasts[-1] = max(last, lasts[-1])
            else:
                firsts.append(first)
                lasts.append(last)
    return joined


def from_data_centre(address: str) -> bool:
    """Whether an address is in a list of ``INSIGHTS["COLLECT"]["DATA_CENTRES"]``, as those files are now."""
    files = settings.COLLECT.DATA_CENTRES
    return bool(files) and address in _read(tuple((path, _changed(path)) for path in files))


def _changed(path: Path) -> int:
    """When a file changed; 0 where it is not there, which the system check says and no page fails for."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1)
def _read(files: tuple[tuple[Path, int], ...]) -> Networks:
    return networks_of(path.read_text(encoding="utf-8", errors="replace") for path, changed in files if changed)
