"""Checks of the arrays that come in. Each error names the argument, the fault and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def check_vector(name: str, values: ArrayLike, *, minimum: float | None = None) -> FloatArray:
    """``values`` as a 1-D float array: not empty, finite and, where asked, not below ``minimum``.

    Raises:
        ValueError: naming the argument and the fault.
    """
    vector = _numbers(name, values)
    if vector.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, not of shape {vector.shape}.")
    if not len(vector):
        raise ValueError(f"{name} is empty: at least one row is needed.")
    if not np.isfinite(vector).all():
        raise ValueError(f"{name} holds NaN or infinite values: drop or fill these rows first.")
    if minimum is not None and vector.min() < minimum:
        raise ValueError(f"{name} must not be below {minimum:g}; its least value is {vector.min():g}.")
    return vector


def check_vectors(*, minimum: float | None = None, **vectors: ArrayLike) -> list[FloatArray]:
    """Each of ``vectors`` by :func:`check_vector`, all of one length.

    Raises:
        ValueError: naming the argument and the fault, or the differing lengths.
    """
    checked = {name: check_vector(name, values, minimum=minimum) for name, values in vectors.items()}
    lengths = {name: len(vector) for name, vector in checked.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"All columns must have the same length: {told}.")
    return list(checked.values())


def check_matrix(name: str, values: ArrayLike, *, n_columns: int | None = None, allow_nan: bool = False) -> FloatArray:
    """``values`` as a 2-D float array (rows, features) with at least one row and one column.

    Raises:
        ValueError: naming the argument and the fault.
    """
    matrix = _numbers(name, values)
    if matrix.ndim != 2:
        raise ValueError(f"{name} must have two dimensions (rows, features), not shape {matrix.shape}.")
    if not matrix.size:
        raise ValueError(f"{name} is empty (shape {matrix.shape}): at least one row and one column are needed.")
    if n_columns is not None and matrix.shape[1] != n_columns:
        raise ValueError(f"{name} has {matrix.shape[1]} columns where {n_columns} are expected.")
    if np.isinf(matrix).any():
        raise ValueError(f"{name} holds infinite values: replace them by NaN or a number.")
    if not allow_nan and np.isnan(matrix).any():
        columns = np.flatnonzero(np.isnan(matrix).any(axis=0)).tolist()
        raise ValueError(f"{name} holds NaN in columns {columns}: drop or fill them first.")
    return matrix


def check_feature_names(names: Sequence[str] | None, n_columns: int) -> list[str]:
    """One distinct name a column; ``x0, x1, …`` when none are given.

    Raises:
        ValueError: when their number is wrong or a name comes twice.
    """
    if names is None:
        return [f"x{column}" for column in range(n_columns)]
    named = [str(name) for name in names]
    if len(named) != n_columns:
        raise ValueError(f"{len(named)} feature names were given for {n_columns} columns.")
    if len(set(named)) != n_columns:
        raise ValueError("Feature names must be distinct.")
    return named


def check_binary(name: str, values: ArrayLike) -> IntArray:
    """``values`` as a 1-D array of 0 and 1.

    Raises:
        ValueError: for anything else than 0, 1, False and True.
    """
    vector = check_vector(name, values)
    if not np.isin(vector, (0.0, 1.0)).all():
        raise ValueError(f"{name} must hold only 0 and 1.")
    return vector.astype(np.int64)


def check_probabilities(name: str, values: ArrayLike) -> FloatArray:
    """``values`` as a 1-D array within 0 and 1.

    Raises:
        ValueError: for values outside of it.
    """
    vector = check_vector(name, values, minimum=0.0)
    if vector.max() > 1.0:
        raise ValueError(f"{name} must hold probabilities between 0 and 1; its largest value is {vector.max():g}.")
    return vector


def _numbers(name: str, values: ArrayLike) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers only: {error}") from error
