from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from insights.analytics import DIMENSIONS, GRAINS, METRICS, Query, TimeRange
from insights.exceptions import QueryError

MARCH = {"start": "2024-03-01", "end": "2024-04-01"}
FILTERS = st.builds(
    lambda key, op, values: {"dimension": key, "op": op, "values": values},
    st.sampled_from(sorted(DIMENSIONS)),
    st.sampled_from(["in", "not_in", "contains"]),
    st.lists(st.text(min_size=1) | st.integers() | st.booleans(), min_size=1, max_size=3),
)


@given(
    metrics=st.lists(st.sampled_from(sorted(METRICS)), min_size=1, max_size=4),
    dimensions=st.lists(st.sampled_from(sorted(DIMENSIONS)), max_size=3),
    filters=st.lists(FILTERS, max_size=2),
    grain=st.none() | st.sampled_from(GRAINS),
    limit=st.none() | st.integers(1, 10_000),
    compare_to=st.none() | st.sampled_from(["previous_period", "previous_year"]),
    as_of=st.none() | st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
)
def test_query__survives_json(**values: Any) -> None:
    query = Query(**values, time_range=MARCH)
    assert Query.model_validate_json(query.model_dump_json()) == query
    assert hash(query) == hash(Query.model_validate_json(query.model_dump_json()))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"metrics": ["revnue"]}, "Did you mean “revenue”"),
        ({"metrics": ["revenue"], "dimensions": ["categories"]}, "Did you mean “category”"),
        ({"metrics": ["revenue"], "filters": [{"dimension": "contry", "values": ["x"]}]}, "“country”"),
        ({"metrics": ["revenue"], "filters": [{"dimension": "country", "op": "is", "values": ["x"]}]}, "filters.0.op|op"),
        ({"metrics": ["revenue"], "grain": "mnth"}, "Did you mean “month”"),
        ({"metrics": ["revenue"], "order_by": [{"key": "orders"}]}, "column to order by"),
        ({"metrics": ["revenue"], "having": [{"metric": "orders", "op": "gt", "value": 1}]}, "metric of this query"),
        ({"metrics": ["revenue"], "compare_to": "previous_period"}, "needs a time range"),
        ({"metrics": ["revenue"], "currency": "XXX"}, "currency"),
        ({"metrics": ["revenue"], "limit": 0}, "limit"),
        ({"metrics": []}, "metrics"),
        ({"metrics": ["revenue"], "metricks": 1}, "Did you mean “metrics”"),
        ({"metrics": ["revenue"], "dimensions": ["day"], "time_range": {"start": "1900-01-01", "end": "2100-01-01"}}, "too long"),
    ],
)  # fmt: skip
def test_query__says_what_is_wrong(data: Any, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        Query.model_validate(data)


def test_query__is_frozen() -> None:
    query = Query(metrics=["revenue"])
    with pytest.raises(ValueError, match="frozen"):
        query.limit = 3  # type: ignore[misc]


def test_query__grain_comes_first_and_once() -> None:
    assert Query(metrics=["revenue"], dimensions=["country"], grain="month").columns == ("month", "country")
    assert Query(metrics=["revenue"], dimensions=["country", "month"], grain="month").columns == ("country", "month")
    assert Query(metrics=["revenue"], dimensions=["month", "day"]).finest_grain == "day"


def test_query__a_word_alone_is_a_list_of_one() -> None:
    query = Query.model_validate({"metrics": "revenue", "filters": [{"dimension": "country", "values": "Germany"}]})
    assert query.metrics == ("revenue",)
    assert query.filters[0].values == ("Germany",)


def test_query__as_of_a_day_is_its_end() -> None:
    for given_day in ("2024-03-10", date(2024, 3, 10)):
        as_of = Query.model_validate({"metrics": ["revenue"], "as_of": given_day}).as_of
        assert as_of == timezone.make_aware(datetime(2024, 3, 11), timezone.get_default_timezone())


def test_query__compared_with_a_range_of_its_own() -> None:
    other = TimeRange(start=date(2023, 1, 1), end=date(2023, 2, 1))
    assert Query(metrics=["revenue"], time_range=MARCH, compare_to=other).compared == other
    assert Query(metrics=["revenue"], time_range=MARCH, compare_to="previous_year").compared == TimeRange(
        start=date(2023, 3, 1), end=date(2023, 4, 1)
    )
