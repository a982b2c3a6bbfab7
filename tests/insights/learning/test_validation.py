from __future__ import annotations

import numpy as np
import pytest

from insights.learning.validation import (
    check_binary,
    check_feature_names,
    check_matrix,
    check_probabilities,
    check_vector,
    check_vectors,
)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "recency is empty"),
        ([[1.0]], "one-dimensional"),
        ([1.0, np.nan], "NaN or infinite"),
        ([1.0, np.inf], "NaN or infinite"),
        ([1.0, -2.0], "must not be below 0; its least value is -2"),
        (["a"], "must hold numbers only"),
        ([None, 1], "NaN or infinite"),
    ],
)
def test_check_vector__names_argument_and_fault(values: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_vector("recency", values, minimum=0.0)  # type: ignore[arg-type]


def test_check_vectors__tells_the_lengths() -> None:
    with pytest.raises(ValueError, match="a has 2, b has 3"):
        check_vectors(a=[1, 2], b=[1, 2, 3])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, 2.0], "two dimensions"),
        (np.empty((0, 2)), "empty"),
        (np.empty((2, 0)), "empty"),
        ([[1.0, np.inf]], "infinite"),
        ([[1.0, np.nan]], r"NaN in columns \[1\]"),
        ([[1.0, 2.0, 3.0]], "3 columns where 2 are expected"),
        ([["a", "b"]], "numbers only"),
    ],
)
def test_check_matrix__names_argument_and_fault(values: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_matrix("X", values, n_columns=2)  # type: ignore[arg-type]


def test_check_matrix__nan_may_be_allowed() -> None:
    assert np.isnan(check_matrix("X", [[1.0, np.nan]], allow_nan=True)[0, 1])


def test_check_feature_names__counts_and_tells_apart() -> None:
    assert check_feature_names(None, 2) == ["x0", "x1"]
    with pytest.raises(ValueError, match="1 feature names were given for 2 columns"):
        check_feature_names(["a"], 2)
    with pytest.raises(ValueError, match="distinct"):
        check_feature_names(["a", "a"], 2)


def test_check_binary__takes_bools_and_nothing_but_two_values() -> None:
    assert check_binary("y", [True, False]).tolist() == [1, 0]
    with pytest.raises(ValueError, match="only 0 and 1"):
        check_binary("y", [0, 1, 2])


def test_check_probabilities__refuses_more_than_one() -> None:
    with pytest.raises(ValueError, match=r"largest value is 1\.2"):
        check_probabilities("p", [0.2, 1.2])
