"""The one split that is honest for customers: by time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..validation import IntArray


class Split(NamedTuple):
    """Row numbers of the earlier and the later part."""

    train: IntArray
    test: IntArray


def temporal_split(times: ArrayLike, cutoff: Any) -> Split:
    """Part rows into those before ``cutoff`` and those at or after it.

    Args:
        times: (n,) numbers, ``datetime64``, or ``datetime`` or ``date`` objects.
        cutoff: a moment of the same kind.

    Returns:
        The row numbers before the cut-off (``train``) and from it on (``test``), each in the order given.

    Raises:
        ValueError: when ``times`` is empty, not one-dimensional, holds missing values or cannot be compared with
            ``cutoff``, or when one of the parts would be empty.
    """
    moments: NDArray[Any] = np.asarray(times)
    if moments.ndim != 1 or not len(moments):
        raise ValueError(f"times must be a non-empty one-dimensional array, not of shape {moments.shape}.")
    if (moments != moments).any():
        raise ValueError("times holds missing values: drop these rows first.")
    try:
        earlier: NDArray[np.bool_] = moments < cutoff
    except TypeError as error:
        raise ValueError(f"times ({moments.dtype}) cannot be compared with the cut-off {cutoff!r}: {error}.") from error
    split = Split(np.flatnonzero(earlier), np.flatnonzero(~earlier))
    if not len(split.train) or not len(split.test):
        side = "before" if not len(split.train) else "at or after"
        raise ValueError(f"No row lies {side} {cutoff}; the rows reach from {moments.min()} to {moments.max()}.")
    return split
