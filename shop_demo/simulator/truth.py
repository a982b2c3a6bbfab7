"""What is really so in the simulated shop: written to a file, so that models can be judged against it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ARRAYS, FACTS = "truth.npz", "truth.json"


@dataclass(frozen=True)
class Truth:
    """The truth of one simulation.

    Attributes:
        users: primary key of each person's account; 0 for a guest.
        emails: by which guests are known.
        kind: name of each person's type.
        joined: first day, counted from ``start``.
        leaves: day after which nothing is bought any more; may lie beyond the simulated days.
        taste: (n, factors); ``like``: (m, factors) of the goods; ``affinity`` of a person to a good grows with their product.
        skus: stock codes of the goods.
        future: (k, 3): person, good, day from the end on, of all that is bought in the days after the last one.
        facts: seed, days, counts of what was written and of each kind of dirty row.
    """

    users: NDArray[np.int64]
    emails: NDArray[np.str_]
    kind: NDArray[np.str_]
    joined: NDArray[np.float64]
    leaves: NDArray[np.float64]
    taste: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    like: NDArray[np.float64]
    skus: NDArray[np.str_]
    future: NDArray[np.int64]
    facts: dict[str, Any] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write the truth into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {name: value for name, value in vars(self).items() if name != "facts"}
        with (folder / ARRAYS).open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        (folder / FACTS).write_text(json.dumps(self.facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Truth:
        """Read what ``save`` wrote.

        Raises:
            FileNotFoundError: nothing was simulated into this folder.
        """
        with np.load(folder / ARRAYS, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return cls(**arrays, facts=json.loads((folder / FACTS).read_text(encoding="utf-8")))
