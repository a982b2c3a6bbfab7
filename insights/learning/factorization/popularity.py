"""The baseline: what most users took to."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..validation import IntArray
from .recommender import Recommender, Scores


class Popularity(Recommender):
    """Ranks the items by the number of their users, for everybody alike.

    Attributes:
        interactions_, popularity_: as in all recommenders.
    """

    def _learn(self, interactions: Any) -> None:
        """Nothing is left to learn."""

    def _scores(self, rows: IntArray) -> Scores:
        return np.tile(self.popularity_.astype(np.float32), (len(rows), 1))
