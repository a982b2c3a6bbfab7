from __future__ import annotations

from insights.exceptions import Need, NotEnoughDataError, UnknownKeyError, nearest


def test_nearest__ignores_case_and_gives_none_when_far() -> None:
    assert nearest("adapters", ["ADAPTERS", "RATES"]) == "ADAPTERS"
    assert nearest("qqq", ["ADAPTERS"]) is None


def test_unknown_key__names_the_nearest() -> None:
    error = UnknownKeyError("metric", "revenu", ["revenue", "orders"])
    assert "Did you mean “revenue”?" in str(error)
    assert error.nearest == "revenue"


def test_not_enough_data__names_only_what_is_missing() -> None:
    error = NotEnoughDataError([Need("customers", "Customers", 143, 200), Need("orders", "Orders", 500, 200)])
    assert "Customers: 143 of 200" in str(error)
    assert "Orders" not in str(error)
