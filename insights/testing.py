"""Contract tests to mix into your own test classes: for the parts of this app, and for those a host adds.

class TestMyModel(EstimatorContract):
    def make(self):
        return MyModel(random_state=0)

    def data(self):
        return X, y

    def outcome(self, fitted):
        return fitted.predict(X)
"""

from __future__ import annotations

from typing import Any


class EstimatorContract:
    """What every scikit-learn style estimator promises. Give ``make``, ``data`` and ``outcome``."""

    def make(self) -> Any:
        """A new estimator; with a fixed ``random_state`` where it has one."""
        raise NotImplementedError

    def data(self) -> tuple[Any, ...]:
        """The arguments of ``fit``, each of which can be cut to no rows by ``[:0]``."""
        raise NotImplementedError

    def outcome(self, fitted: Any) -> Any:
        """An array that a method of the fitted estimator gives."""
        raise NotImplementedError

    def test_contract__parameters_survive_a_clone(self) -> None:
        """``clone`` and ``set_params(**get_params())`` give an estimator with the same parameters."""
        from sklearn.base import clone

        estimator = self.make()
        told = repr(estimator.get_params(deep=False))
        assert repr(clone(estimator).get_params(deep=False)) == told, "clone changes a parameter."
        estimator.set_params(**estimator.get_params(deep=False))
        assert repr(estimator.get_params(deep=False)) == told, "set_params(**get_params()) changes a parameter."

    def test_contract__same_seed_same_result(self) -> None:
        """Two estimators made and fitted alike give equal results."""
        import numpy as np

        first, second = (self.outcome(self.make().fit(*self.data())) for _ in range(2))
        np.testing.assert_array_equal(first, second, "The same seed and data gave two results.")

    def test_contract__fit_returns_itself_and_keeps_its_parameters(self) -> None:
        """``fit`` returns the estimator and leaves the constructor's parameters as they were."""
        estimator = self.make()
        told = repr(estimator.get_params())
        assert estimator.fit(*self.data()) is estimator, "fit must return the estimator itself."
        assert repr(estimator.get_params()) == told, "fit must not change a parameter."

    def test_contract__fit_leaves_its_input_alone(self) -> None:
        """The arrays given to ``fit`` are not written to."""
        import copy

        import numpy as np

        given = self.data()
        before = copy.deepcopy(given)
        self.make().fit(*given)
        for argument, kept in zip(given, before, strict=True):
            np.testing.assert_array_equal(_dense(argument), _dense(kept), "fit wrote to its input.")

    def test_contract__fitted_attributes_end_in_underscore(self) -> None:
        """There are none before ``fit``; all public ones that ``fit`` adds end in ``_``."""
        estimator = self.make()
        before = {name for name in vars(estimator) if not name.startswith("_")}
        early = sorted(name for name in before if name.endswith("_"))
        assert not early, f"Attributes are there before fit: {early}."
        added = {name for name in vars(estimator.fit(*self.data())) if not name.startswith("_")} - before
        assert added, "fit added no attribute."
        wrong = sorted(name for name in added if not name.endswith("_"))
        assert not wrong, f"Attributes learnt by fit must end in _: {wrong}."

    def test_contract__unfitted_raises(self) -> None:
        """Using the estimator before ``fit`` raises scikit-learn's ``NotFittedError``."""
        from sklearn.exceptions import NotFittedError

        try:
            self.outcome(self.make())
        except NotFittedError:
            return
        raise AssertionError("Using the estimator before fit must raise NotFittedError.")

    def test_contract__empty_input_raises(self) -> None:
        """No rows at all raise ``ValueError``."""
        empty = [argument[:0] for argument in self.data()]
        try:
            self.make().fit(*empty)
        except ValueError:
            return
        raise AssertionError("fit on no rows must raise ValueError.")


def _dense(argument: Any) -> Any:
    return argument.toarray() if hasattr(argument, "toarray") else argument
