"""What a model says of each customer, on its way from the step that trained it to the one that publishes it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_DAY = np.iinfo(np.int64).min
"""A missing day number."""


@dataclass(frozen=True)
class Scores:
    """Columns of ``CustomerState`` for the customers of ``ids``.

    Numbers are float64 (NaN is missing), texts are unicode, days are int64 day numbers, and lists are JSON texts:
    nothing that would need pickle.
    """

    ids: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]

    def save(self, path: Path) -> None:
        """Write one .npz file, whole or not at all."""
        draft = path.with_suffix(f".{uuid.uuid4().hex}.part")
        with draft.open("wb") as file:
            np.savez(file, allow_pickle=False, _ids=self.ids, **self.columns)
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> Scores:
        """Read what ``save`` wrote."""
        with np.load(path, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
        return cls(columns.pop("_ids"), columns)
