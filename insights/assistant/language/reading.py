"""What a question was understood as: a tool, its arguments, and all that was taken for granted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reading:
    """One call of a tool, the language of the question, and what the reader should be told.

    ``notes`` are keys of sentences with their values (see :mod:`insights.assistant.wording`), so
    that they can be said in the language of the answer.
    """

    tool: str
    arguments: dict[str, Any]
    language: str
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
