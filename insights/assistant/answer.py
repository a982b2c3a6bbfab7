"""What comes back for a question: one shape for the panel, the API and the command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

Kind = Literal["number", "table", "series", "customers", "recommendation", "explanation", "clarification", "refusal"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass
class Answer:
    """An answer, with everything needed to check it.

    ``plan`` is the typed call that was made, ``columns`` have key, label, kind and unit, ``rows``
    carry the dimensions first and the metrics after, ``chart`` says how the rows are best drawn.
    """

    kind: Kind
    text: str
    plan: dict[str, Any] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    follow_ups: list[str] = field(default_factory=list)
    conversation: str = ""
    definitions: dict[str, str] = field(default_factory=dict)
    comparison: dict[str, Any] = field(default_factory=dict)
    language: str = "en"

    def as_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        plain = _plain(asdict(self))
        assert isinstance(plain, dict)
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
