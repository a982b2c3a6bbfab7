"""Lines of access logs, read into hits: Apache's and nginx's formats by their own notation, and JSON lines.

Nothing here keeps an address: what leaves is the address without its last part, as soon as a line is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from insights.exceptions import ImportFileError, UnknownKeyError
from insights.sources.access_values import moment, network_of, seconds_of

FORMATS: Mapping[str, str] = {
    "common": '$remote_addr - $remote_user [$time_local] "$request" $status $bytes',
    "combined": '$remote_addr - $remote_user [$time_local] "$request" $status $bytes "$http_referer" "$http_user_agent"',
    "combined-forwarded": '$remote_addr - $remote_user [$time_local] "$request" $status $bytes "$http_referer" '
    '"$http_user_agent" "$http_x_forwarded_for"',
    "combined-time": '$remote_addr - $remote_user [$time_local] "$request" $status $bytes "$http_referer" '
    '"$http_user_agent" $request_time',
    "combined-time-host": '$remote_addr - $remote_user [$time_local] "$request" $status $bytes "$http_referer" '
    '"$http_user_agent" $request_time $host',
    "combined-host-time": '$remote_addr - $remote_user [$time_local] "$request" $status $bytes "$http_referer" '
    '"$http_user_agent" $host $request_time',
    "vhost-common": '$host $remote_addr - $remote_user [$time_local] "$request" $status $bytes',
    "vhost-combined": '$host $remote_addr - $remote_user [$time_local] "$request" $status $bytes "$http_referer" '
    '"$http_user_agent"',
}
"""Formats by name. Any other is given in the server's own notation; ``json`` is one object a line."""
LONGEST = 16_384
"""Characters of a line; servers accept no longer requests."""


class Hit(NamedTuple):
    """One request.

    Attributes:
        network: the address without what names a machine.
        at: when it came.
        seconds: how long the answer took; None where the log does not say.
        refused: whether the browser asked not to be followed, where the log says so.
    """

    network: str
    at: datetime
    method: str
    path: str
    query: str
    status: str
    referrer: str
    agent: str
    host: str
    seconds: float | None
    refused: bool


Reader = Callable[[str], Hit | None]
"""From a line to a hit; None where the line is none."""

_APACHE = {
    "h": "remote_addr", "a": "remote_addr", "u": "remote_user", "t": "time_local", "r": "request", "s": "status",
    "b": "bytes", "B": "bytes", "O": "bytes", "I": "bytes", "v": "host", "V": "host", "D": "microseconds",
    "T": "request_time", "m": "method", "U": "path", "q": "query_string", "H": "protocol", "l": "ident", "p": "port",
}  # fmt: skip
_APACHE_HEADERS = {
    "referer": "http_referer", "user-agent": "http_user_agent", "host": "host", "x-forwarded-for": "forwarded",
    "dnt": "refused", "sec-gpc": "refused",
}  # fmt: skip
_NGINX = {
    "http_x_forwarded_for": "forwarded", "http_x_real_ip": "forwarded", "http_host": "host", "server_name": "host",
    "time_iso8601": "time_local", "msec": "time_local", "request_method": "method", "request_uri": "target",
    "uri": "path", "args": "query_string", "http_dnt": "refused", "http_sec_gpc": "refused",
}  # fmt: skip
_JSON = {
    "remote_addr": ("remote_addr", "client_ip", "clientip", "remote_ip", "remoteIP", "ip", "client", "host_ip"),
    "forwarded": ("http_x_forwarded_for", "x_forwarded_for", "forwarded_for", "xff"),
    "time_local": ("time_local", "time_iso8601", "time", "timestamp", "@timestamp", "ts", "msec", "date"),
    "request": ("request", "request_line"),
    "method": ("request_method", "method", "verb"),
    "target": ("request_uri", "uri", "url", "path", "target"),
    "query_string": ("args", "query_string", "query"),
    "status": ("status", "response", "status_code", "code"),
    "http_referer": ("http_referer", "referer", "referrer", "http_referrer"),
    "http_user_agent": ("http_user_agent", "user_agent", "agent", "userAgent", "ua"),
    "host": ("host", "http_host", "server_name", "vhost"),
    "request_time": ("request_time", "duration", "elapsed", "response_time"),
    "refused": ("http_dnt", "dnt", "http_sec_gpc", "sec_gpc", "gpc"),
}
_NEEDED = ("remote_addr", "time_local", "status")
_TOKEN = re.compile(r"\$\{?(?P<nginx>\w+)\}?|%(?:[<>]|[!\d,]+)*(?:\{(?P<argument>[^}]*)\})?(?P<apache>\^?[A-Za-z%]+?)")


def reader_of(name: str) -> Reader:
    """What reads a format: one of :data:`FORMATS`, ``json``, or the server's own notation.

    Raises:
        UnknownKeyError: there is no such format.
        ImportFileError: the notation lacks what is needed.
    """
    if name == "json":
        return read_json
    if name in FORMATS:
        return _reader(FORMATS[name])
    if "$" not in name and "%" not in name:
        raise UnknownKeyError("log format", name, [*FORMATS, "json"])
    return _reader(name)


def format_of_lines(lines: Iterable[str]) -> str:
    """The name of the format that most of the lines have.

    Raises:
        ImportFileError: hardly any line is in a known format.
    """
    sample = [line for line in lines if line.strip()][:200]
    found = {name: sum(reader_of(name)(line) is not None for line in sample) for name in ("json", *FORMATS)}
    best = max(found, key=lambda name: found[name], default="")
    if not sample or found[best] * 2 < len(sample):
        raise ImportFileError(
            f"The lines are in no format that is known. Give --log-format: {', '.join([*FORMATS, 'json'])}, or the "
            "log_format of nginx or LogFormat of Apache itself, in quotes."
        )
    return best


@lru_cache(maxsize=32)
def _reader(notation: str) -> Reader:
    pattern, names = _compiled(notation)
    missing = [name for name in _NEEDED if name not in names]
    if missing or not {"request", "target", "path"} & set(names):
        what = ", ".join(missing) or "request"
        raise ImportFileError(f"The log format lacks {what}. It needs an address, a time, the request and a status.")
    end = len(names)
    place = {name: at for at, name in enumerate(names)}
    address, time, status = (place[name] for name in _NEEDED)
    request, method, target, path, query, referrer, agent, host, forwarded, took, micro, refused = (
        place.get(name, end)
        for name in (
            "request method target path query_string http_referer http_user_agent host forwarded request_time "
            "microseconds refused"
        ).split()
    )
    match = re.compile(pattern).match

    def read(line: str) -> Hit | None:
        found = match(line)
        if found is None or len(line) > LONGEST:
            return None
        said = (*found.groups(), "")
        at = moment(said[time])
        if at is None:
            return None
        if said[request]:
            verb, _, rest = said[request].partition(" ")
            goal = rest.rpartition(" ")[0] or rest
        else:
            verb, goal = said[method] or "GET", said[target] or said[path]
        way, _, asked = goal.partition("?")
        seconds = said[took]
        return Hit(
            network_of(said[forwarded] if said[forwarded] not in ("", "-") else said[address]),
            at,
            verb,
            way,
            asked or said[query].lstrip("?"),
            said[status],
            "" if said[referrer] == "-" else said[referrer],
            "" if said[agent] == "-" else said[agent],
            "" if said[host] == "-" else said[host],
            seconds_of(seconds) if seconds else seconds_of(said[micro], 1e-6),
            said[refused] == "1",
        )

    return read


def _compiled(notation: str) -> tuple[str, list[str]]:
    """A pattern without any way back: no part of it can match what ends it, so that no line takes long."""
    parts: list[str] = []
    names: list[str] = []
    rest = 0
    notation = notation.replace('\\"', '"')
    for token in _TOKEN.finditer(notation):
        parts.append(re.escape(notation[rest : token.start()]))
        rest = token.end()
        name = _name(token)
        following = notation[rest : rest + 1]
        if following == '"':
            value = r'[^"\\]*(?:\\.[^"\\]*)*'
        elif following == "]" or (name == "time_local" and token["apache"]):
            value = r"[^\]]*"
        elif name == "remote_user":
            value = r"[^\[]*?" if following else r"\S*"
        elif following in ("", " "):
            value = r"\S*"
        else:
            value = rf"[^{re.escape(following)}\s]*"
        wrap = ("\\[", "\\]") if name == "time_local" and token["apache"] and following != "]" else ("", "")
        if name and name not in names and name not in ("bytes", "remote_user", "ident", "port", "protocol"):
            names.append(name)
            value = f"({value})"
        else:
            value = f"(?:{value})"
        parts.append(f"{wrap[0]}{value}{wrap[1]}")
    parts.append(re.escape(notation[rest:]))
    return "".join(parts) + r"\s*$", names


def _name(token: re.Match[str]) -> str:
    """Our name for a token of a format; empty for what says nothing here."""
    if token["nginx"]:
        name = _NGINX.get(token["nginx"], token["nginx"])
    elif token["argument"] and token["apache"] in ("i", "o", "e", "n", "C", "x"):
        name = _APACHE_HEADERS.get(token["argument"].lower(), "") if token["apache"] == "i" else ""
    else:
        name = _APACHE.get(token["apache"], "")
    return name


def read_json(line: str) -> Hit | None:
    """A hit from a JSON object of one of the usual shapes."""
    if len(line) > LONGEST:
        return None
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    at = moment(_of(said, "time_local"))
    status = str(_of(said, "status"))
    if at is None or not status.isdigit():
        return None
    request = str(_of(said, "request"))
    if " " in request:
        verb, _, rest = request.partition(" ")
        goal = rest.rpartition(" ")[0] or rest
    else:
        verb, goal = str(_of(said, "method") or "GET"), request or str(_of(said, "target"))
    if not goal:
        return None
    way, _, asked = goal.partition("?")
    texts = {
        name: str(_of(said, name)) for name in ("forwarded", "remote_addr", "http_referer", "http_user_agent", "host")
    }
    texts = {name: "" if text == "-" else text for name, text in texts.items()}
    return Hit(
        network_of(texts["forwarded"] or texts["remote_addr"]),
        at,
        verb,
        way,
        asked or str(_of(said, "query_string")).lstrip("?"),
        status,
        texts["http_referer"],
        texts["http_user_agent"],
        texts["host"],
        seconds_of(str(_of(said, "request_time"))),
        any(str(said.get(name)) in ("1", "True") for name in _JSON["refused"]),
    )


def _of(said: Mapping[str, Any], name: str) -> Any:
    for spelling in _JSON[name]:
        value = said.get(spelling)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return value
    return ""
