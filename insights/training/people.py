"""Rows of people who are gone, taken out of stored models.

What a model says of all, such as the vectors of the products, stays as it was learnt; the rows of its people, each of
them one person's taste, do not outlive the person. They are emptied and keep their places, so that nothing moves.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insights.exceptions import ArtifactError
from insights.models import Customer, ModelVersion

from .artifacts import load_artifact, replace_arrays

logger = logging.getLogger(__name__)

_IDS = "user_ids"
_OF_PEOPLE = "user_"
"""What the names of the arrays begin with that have a row a person."""
_CHUNK = 2_000

Arrays = Mapping[str, NDArray[Any]]


def unlearn() -> int:
    """Empty the rows of all who are gone, in every stored version; gives their number. It can be cut off and run again."""
    emptied = 0
    for version in ModelVersion.objects.exclude(artifact="").order_by("pk"):
        if f"{_IDS}.npy" not in version.sha256:
            continue
        try:
            arrays = load_artifact(version).arrays
        except ArtifactError as error:
            # It cannot be served either: what cannot be read is trained again, and deleted in its turn.
            logger.warning("%s", error)
            continue
        kept, gone = without_gone(arrays)
        if gone:
            replace_arrays(version, kept)
            emptied += gone
    return emptied


def without_gone(arrays: Arrays) -> tuple[dict[str, NDArray[Any]], int]:
    """Arrays with the rows of people who are gone emptied, and the number of these; without a row a person as they are."""
    if _IDS not in arrays:
        return dict(arrays), 0
    gone = ~_are_there(np.asarray(arrays[_IDS])) & (np.asarray(arrays[_IDS]) != 0)
    if not gone.any():
        return dict(arrays), 0
    kept = dict(arrays)
    for name, array in arrays.items():
        if name.startswith(_OF_PEOPLE):
            kept[name] = np.array(array)
            kept[name][gone] = 0
    return kept, int(gone.sum())


def _are_there(ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    there: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    for start in range(0, len(ids), _CHUNK):
        known = Customer.objects.filter(pk__in=ids[start : start + _CHUNK].tolist()).order_by()
        there.append(np.fromiter(known.values_list("pk", flat=True), dtype=np.int64))
    return np.isin(ids, np.concatenate(there))
