from __future__ import annotations

import pytest

from insights.models import QuarantinedRow
from insights.panel.labels import name_of


@pytest.mark.parametrize(
    ("kind", "key", "personal", "name"),
    [
        ("inbox", "batch 7:2", True, "Batch 7:2"),
        ("inbox", "batch 7", False, "Batch 7"),
        ("orders", "batch 7", True, "batch 7"),
        ("customers", "ann@example.com", False, "a•••@example.com"),
    ],
)
def test_name_of__a_row_is_its_key_and_a_batch_has_a_number(kind: str, key: str, personal: bool, name: str) -> None:
    assert name_of(QuarantinedRow(kind=kind, external_id=key), personal=personal) == name
