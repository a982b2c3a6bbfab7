"""What the doctor finds: one thing that was looked at, and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "look", "mend"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        state: ``ok``; ``look``: it works, and may not be what you want; ``mend``: it does not work.
        remedy: what to do; empty where there is nothing to be done.
    """

    key: str
    state: State
    message: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """The finding as plain data."""
        return {"key": self.key, "state": self.state, "message": self.message, "remedy": self.remedy}
