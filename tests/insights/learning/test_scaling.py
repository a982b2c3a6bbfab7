from __future__ import annotations

from typing import Any

import numpy as np

from insights.learning.scaling import RobustLogScaler, UnknownToZero
from insights.testing import EstimatorContract

RANDOM = np.random.default_rng(3)
NORMAL = RANDOM.normal(5, 2, 500)
SKEWED = np.exp(RANDOM.normal(4, 1, 500))


class TestRobustLogScaler(EstimatorContract):
    def make(self) -> RobustLogScaler:
        return RobustLogScaler()

    def data(self) -> tuple[Any, ...]:
        return (np.column_stack([NORMAL, SKEWED]),)

    def outcome(self, fitted: Any) -> Any:
        return fitted.transform(*self.data())


def test_fit__takes_logarithms_of_skewed_columns_alone() -> None:
    X = np.column_stack([NORMAL, SKEWED, -SKEWED])
    assert RobustLogScaler().fit(X).logged_.tolist() == [False, True, True]


def test_transform__gives_standard_normal_scale() -> None:
    scaled = RobustLogScaler().fit_transform(np.column_stack([NORMAL, SKEWED]))
    np.testing.assert_allclose(np.median(scaled, axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), 1, atol=0.1)


def test_transform__cuts_outliers() -> None:
    scaler = RobustLogScaler(clip=3).fit(NORMAL[:, None])
    assert scaler.transform([[1e9], [-1e9]]).ravel().tolist() == [3, -3]


def test_transform__a_constant_and_an_unknown_column_stay_quiet() -> None:
    X = np.column_stack([np.full(500, 7.0), np.full(500, np.nan), NORMAL])
    X[0, 2] = np.nan
    scaled = RobustLogScaler().fit_transform(X)
    assert not scaled[:, 0].any()
    assert np.isnan(scaled[:, 1]).all()
    assert np.isnan(scaled[:, 2]).sum() == 1


def test_fit__a_rare_flag_is_scaled_by_its_standard_deviation() -> None:
    flag = np.zeros((100, 1))
    flag[:4] = 1
    scaler = RobustLogScaler().fit(flag)
    spread = np.where(scaler.logged_, np.log1p(flag), flag).std()
    np.testing.assert_allclose(scaler.scale_, spread)


def test_unknown_to_zero__keeps_what_is_known() -> None:
    nan = np.nan
    filler = UnknownToZero().fit([[1.0, nan, nan], [nan, nan, 2.0]])
    assert np.array_equal(filler.transform([[nan, 5.0, nan]]), [[nan, 0.0, nan]], equal_nan=True)
