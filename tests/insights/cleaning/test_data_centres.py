from __future__ import annotations

import os
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import from_data_centre
from insights.cleaning.data_centres import networks_of

AMAZON = (
    '{"prefixes": [{"ip_prefix": "3.5.140.0/22", "region": "x"}], "ipv6_prefixes": [{"ipv6_prefix": "2a05:d07a::/32"}]}'
)
TABLE = "203.0.113.0/24,DE,DE-HE,Frankfurt,60341\n2604:a880::/32,US,,New York,\n"
LIST = "# ours\n198.51.100.7/32  # the office, and 192.0.2.0/24.\n::ffff:0:0/130\n999.1.1.0/24\n1.2.3.0/24.5\nhttps://shop.example/12/24\n"


@pytest.mark.parametrize(
    ("address", "is_there"),
    [
        ("3.5.143.255", True),
        ("3.5.144.0", False),
        ("3.5.139.255", False),
        ("2a05:d07a:1::9", True),
        ("2a05:d07b::", False),
        ("203.0.113.77", True),
        ("::ffff:203.0.113.77", True),
        ("2604:a880::1", True),
        ("198.51.100.7", True),
        ("198.51.100.8", False),
        ("192.0.2.1", True),
        ("1.2.3.4", False),
        ("12.0.0.1", False),
        ("unix:", False),
        ("", False),
    ],
)
def test_networks_of__reads_what_providers_publish(address: str, is_there: bool) -> None:
    assert (address in networks_of([AMAZON, TABLE, LIST])) is is_there


networks = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).flatmap(
    lambda address: st.integers(0, 32 if address.version == 4 else 128).map(lambda bits: f"{address}/{bits}")
)


@given(st.lists(networks, max_size=8), st.ip_addresses())
def test_networks_of__holds_what_one_of_them_holds(names: list[str], address: Any) -> None:
    known = networks_of(["\n".join(names)])
    all_of_them = [ip_network(name, strict=False) for name in names]
    asked = getattr(address, "ipv4_mapped", None) or address
    assert (str(address) in known) is any(asked in network for network in all_of_them)
    for network in all_of_them:
        edges = [ip_address(int(network.network_address)), ip_address(int(network.broadcast_address))]
        if network.version == 4:
            assert all(str(edge) in known for edge in edges)


@given(st.text(max_size=60))
def test_networks_of__takes_any_text(text: str) -> None:
    assert "" not in networks_of([text])


def test_from_data_centre__follows_the_files(settings: Any, tmp_path: Path) -> None:
    clouds = tmp_path / "clouds.txt"
    clouds.write_text("203.0.113.0/24")
    settings.INSIGHTS = {**settings.INSIGHTS, "COLLECT": {"DATA_CENTRES": [str(clouds), str(tmp_path / "gone.txt")]}}
    assert from_data_centre("203.0.113.9")
    clouds.write_text("198.51.100.0/24")
    os.utime(clouds, ns=(1, 1))
    assert not from_data_centre("203.0.113.9")
    assert from_data_centre("198.51.100.9")


def test_from_data_centre__no_lists_no_label(settings: Any) -> None:
    assert not from_data_centre("203.0.113.9")
