from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.exceptions import ImportFileError, UnknownKeyError
from insights.sources.access_formats import FORMATS, format_of_lines, read_json, reader_of
from insights.sources.access_values import moment, network_of

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
COMMON = '203.0.113.77 - ada [02/Mar/2026:13:00:00 +0100] "GET /p/mug/?utm_source=mail HTTP/2.0" 200 5120'
COMBINED = f'{COMMON} "https://search.example/find?q=mug" "{AGENT}"'
LINES = {
    "common": COMMON,
    "combined": COMBINED,
    "combined-forwarded": f'{COMBINED} "203.0.113.77, 10.0.0.1"',
    "combined-time": f"{COMBINED} 0.042",
    "combined-time-host": f"{COMBINED} 0.042 shop.example",
    "combined-host-time": f"{COMBINED} shop.example 0.042",
    "vhost-common": f"shop.example:443 {COMMON}",
    "vhost-combined": f"shop.example:443 {COMBINED}",
}


@pytest.mark.parametrize("name", [*FORMATS])
def test_formats__are_told_from_each_other_and_read(name: str) -> None:
    assert LINES.keys() == FORMATS.keys()
    line = LINES[name]
    found = format_of_lines([line, "nonsense", line])
    assert found == name or (name == "combined-host-time" and found == "combined-time-host")
    hit = reader_of(name)(line)
    assert hit is not None
    assert hit.network == "203.0.113.0"
    assert hit.at == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert (hit.method, hit.path, hit.query, hit.status) == ("GET", "/p/mug/", "utm_source=mail", "200")
    assert hit.agent == ("" if "common" in name else AGENT)
    assert hit.seconds == (0.042 if "time" in name else None)
    assert hit.host.startswith("shop.example") == ("host" in name)


def test_reader_of__apaches_own_notation() -> None:
    read = reader_of(r"%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" \"%{DNT}i\" %D")
    hit = read(f'shop.example:443 {COMBINED} "1" 1500')
    assert hit is not None
    assert (hit.host, hit.refused, hit.seconds) == ("shop.example", True, pytest.approx(0.0015))


def test_reader_of__nginx_own_notation() -> None:
    read = reader_of(
        "$time_iso8601|$http_x_forwarded_for|$remote_addr|$request_method|$request_uri|$status|$http_sec_gpc"
    )
    hit = read("2026-03-02T13:00:00+01:00|-|2001:db8:1:2:3:4:5:6|GET|/a?b=c|304|-")
    assert hit is not None
    assert (hit.network, hit.path, hit.query, hit.refused) == ("2001:db8:1::", "/a", "b=c", False)


@pytest.mark.parametrize(
    "said",
    [
        {"remote_addr": "203.0.113.77", "time_local": "02/Mar/2026:13:00:00 +0100", "request": "GET /p?q=x HTTP/1.1"},
        {"client_ip": "203.0.113.77", "timestamp": "2026-03-02T12:00:00Z", "method": "GET", "uri": "/p?q=x"},
        {"ip": "203.0.113.77", "ts": 1772452800, "request_method": "GET", "path": "/p", "query": "?q=x"},
        {"ip": "203.0.113.77", "@timestamp": "1772452800000", "method": "GET", "url": "/p", "args": "q=x"},
    ],
)
def test_read_json__the_usual_shapes(said: dict[str, object]) -> None:
    line = json.dumps({**said, "status": 200, "user_agent": AGENT, "request_time": "0.5", "dnt": "1"})
    assert format_of_lines([line]) == "json"
    hit = read_json(line)
    assert hit is not None
    assert (hit.network, hit.at) == ("203.0.113.0", datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert (hit.method, hit.path, hit.query, hit.status, hit.seconds) == ("GET", "/p", "q=x", "200", 0.5)
    assert hit.refused


def test_format__what_is_unknown_is_said() -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean “combined”"):
        reader_of("combine")
    with pytest.raises(ImportFileError, match="lacks time_local, status"):
        reader_of("$remote_addr $request")
    with pytest.raises(ImportFileError, match="--log-format"):
        format_of_lines(["what is this"])


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0"),
        (" 203.0.113.77, 10.0.0.1", "203.0.113.0"),
        ("2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("host.example.com", ""),
        ("-", ""),
    ],
)
def test_network_of(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.ip_addresses())
def test_network_of__never_names_a_machine(address: object) -> None:
    bits = 8 if address.version == 4 or address.ipv4_mapped else 80  # type: ignore[attr-defined]
    from ipaddress import ip_address

    assert int(ip_address(network_of(str(address)))) % 2**bits == 0


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=zones))
def test_moment__as_servers_write_it(at: datetime) -> None:
    at = at.replace(microsecond=0)
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    said = f"{at:%d}/{months[at.month - 1]}/{at:%Y:%H:%M:%S %z}"
    assert moment(said) == at
    assert moment(at.isoformat()) == at


@given(
    line=st.text(max_size=300) | st.text('"\\ []-/0123456789:+aGET', max_size=300),
    name=st.sampled_from([*FORMATS, "json"]),
)
def test_read__whatever_the_line_nothing_breaks(line: str, name: str) -> None:
    reader_of(name)(line)


words = st.text("abcé茶=&%+~_-.", max_size=20)


@given(path=words, query=words, referrer=words, agent=st.text('abc\\"() ;', max_size=30), status=st.integers(100, 599))
@hypothesis_settings(max_examples=200)
def test_read__round_trip(path: str, query: str, referrer: str, agent: str, status: int) -> None:
    quoted = agent.replace("\\", "\\\\").replace('"', '\\"')
    line = (
        f'203.0.113.77 - - [02/Mar/2026:13:00:00 +0100] "GET /{path}?{query} HTTP/1.1" {status} 1 '
        f'"https://x.example/{referrer}" "{quoted}"'
    )
    hit = reader_of("combined")(line)
    assert hit is not None
    assert (hit.path, hit.query, hit.status) == (f"/{path}", query, str(status))
    assert hit.referrer == f"https://x.example/{referrer}"
    assert hit.agent == ("" if quoted == "-" else quoted)


@pytest.mark.parametrize(
    "evil", ['"' * 16_000, "\\" * 16_000, " [" * 8_000, '" ' * 8_000, "a " * 8_000, "- - [" * 3_000]
)
def test_read__no_line_takes_long(evil: str) -> None:
    started = time.process_time()
    for name in FORMATS:
        reader_of(name)(f"1.2.3.4 - {evil}")
        reader_of(name)(f'1.2.3.4 - - [02/Mar/2026:13:00:00 +0100] "{evil}')
    assert time.process_time() - started < 2.0
