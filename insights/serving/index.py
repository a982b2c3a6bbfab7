"""The arrays of the published models, kept open by the process that serves them.

They are memory-mapped, so that all processes of a machine share one copy. A version that cannot be read is left
aside for a minute, and the lists do without it. What a training has to store:

- slot ``implicit``: ``item_ids``, ``item_factors``, ``user_ids``, ``user_factors``; parameters ``alpha``, ``user_ridge``;
- slot ``together``: ``item_ids``, ``neighbours`` (rows of ``item_ids``, filled up with -1), ``similarities``.

Ids are primary keys of products and customers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from insights.exceptions import ArtifactError
from insights.models import ModelVersion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    Places = NDArray[np.int64]

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 60.0
_open: dict[str, tuple[object, Any]] = {}
_broken: dict[int, float] = {}


@dataclass(frozen=True)
class Keys:
    """Primary keys in the order of an array's rows."""

    ids: Places

    @cached_property
    def _sorted(self) -> tuple[Places, Places]:
        import numpy as np

        order = np.argsort(self.ids, kind="stable")
        return np.asarray(self.ids)[order], order

    def places(self, wanted: Sequence[int]) -> Places:
        """The row of each key; -1 for a key that is not there."""
        import numpy as np

        known, order = self._sorted
        keys = np.asarray(wanted, dtype=np.int64)
        if not len(known) or not len(keys):
            return np.full(len(keys), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return np.where(known[at] == keys, order[at], -1)


@dataclass(frozen=True)
class Factors:
    """A fitted :class:`insights.learning.ImplicitALS`, as far as serving needs it."""

    version: ModelVersion
    items: Keys
    users: Keys
    item_factors: Vector
    user_factors: Vector
    alpha: float
    user_ridge: float

    @cached_property
    def units(self) -> Vector:
        """The items' vectors at length 1, so that their products are cosines."""
        import numpy as np

        lengths = np.linalg.norm(self.item_factors, axis=1, keepdims=True)
        units: Vector = (self.item_factors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return units

    @cached_property
    def _common(self) -> Vector:
        import numpy as np

        size = self.item_factors.shape[1]
        ridge = np.float32(self.user_ridge) * np.eye(size, dtype=np.float32)
        common: Vector = (self.item_factors.T @ self.item_factors + ridge).astype(np.float32)
        return common

    def fold_in(self, places: Places, weights: Vector) -> Vector:
        """The vector of somebody who took to these items; the half-step of Hu, Koren & Volinsky (ICDM 2008)."""
        import numpy as np

        from insights.learning.factorization import solve_rows

        extra = np.float32(self.alpha) * np.asarray(weights, dtype=np.float32)
        starts = np.array([0, len(places)], dtype=np.int64)
        return solve_rows(starts, places, extra, 1 + extra, self.item_factors, self._common)[0]

    def scores(self, vector: Vector) -> Vector:
        """What a vector gives to each item."""
        given: Vector = self.item_factors @ vector
        return given

    def cosines(self, place: int) -> Vector:
        """How alike each item is to one of them."""
        given: Vector = self.units @ self.units[place]
        return given


@dataclass(frozen=True)
class Neighbours:
    """Which items are bought with which, best first, filled up with -1."""

    version: ModelVersion
    items: Keys
    neighbours: Places
    similarities: Vector


def factors() -> Factors | None:
    """The published model of taste; None when there is none that can be read."""
    found = _current("implicit", ("item_ids", "item_factors", "user_ids", "user_factors"))
    assert found is None or isinstance(found, Factors)
    return found


def neighbours() -> Neighbours | None:
    """The published model of baskets; None when there is none that can be read."""
    found = _current("together", ("item_ids", "neighbours", "similarities"))
    assert found is None or isinstance(found, Neighbours)
    return found


def forget() -> None:
    """Close what is open, so that the next list reads the published models anew."""
    _open.clear()
    _broken.clear()


def _current(slot: str, needed: tuple[str, ...]) -> Factors | Neighbours | None:
    from insights.training import registry

    version = registry.current(slot)
    if version is None:
        return None
    held = _open.get(slot)
    # The checksums too: when somebody is forgotten, the version is stored anew without them.
    stored = (version.pk, tuple(sorted(version.sha256.items())))
    if held is not None and held[0] == stored:
        kept: Factors | Neighbours = held[1]
        return kept
    if time.monotonic() < _broken.get(version.pk, 0.0):
        return None
    opened = _load(version, needed)
    if opened is None:
        _broken[version.pk] = time.monotonic() + _RETRY_SECONDS
        return None
    _open[slot] = (stored, opened)
    return opened


def _load(version: ModelVersion, needed: tuple[str, ...]) -> Factors | Neighbours | None:
    from insights.training import registry

    try:
        arrays = registry.load_artifact(version).arrays
    except ArtifactError:
        logger.exception("%s cannot be served; lists do without it.", version)
        return None
    missing = [name for name in needed if name not in arrays]
    if missing:
        logger.info("%s (%s) has no %s; lists do without it.", version, version.recipe, ", ".join(missing))
        return None
    items = Keys(arrays["item_ids"])
    if version.slot == "together":
        return Neighbours(version, items, arrays["neighbours"], arrays["similarities"])
    told = version.parameters
    return Factors(
        version,
        items,
        Keys(arrays["user_ids"]),
        arrays["item_factors"],
        arrays["user_factors"],
        alpha=float(told.get("alpha") or 1.0),
        user_ridge=float(told.get("user_ridge") or 1.0),
    )
