"""One root of errors. Every message says what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class InsightsError(Exception):
    """Root of all errors that this app raises on purpose."""


class AdapterError(InsightsError):
    """A mapping of the host's models is wrong; the message names class, field and fix."""


class ImportFileError(InsightsError):
    """A file cannot be imported as it is (columns, format, encoding)."""


class ArtifactError(InsightsError):
    """A stored model cannot be read safely. It is to be retrained, never trusted."""


class QueryError(InsightsError):
    """A query names something that the semantic layer does not have."""


class RunError(InsightsError):
    """A training or sync run cannot be started, continued or finished."""


class MergeError(InsightsError):
    """Two people cannot be joined, or not parted."""


class UnknownKeyError(InsightsError):
    """A name is not one of the known ones; the message names the nearest."""

    def __init__(self, kind: str, word: object, options: Iterable[str]) -> None:
        options = sorted(options)
        close = nearest(str(word), options)
        hint = f" Did you mean “{close}”?" if close else ""
        super().__init__(f"Unknown {kind} “{word}”.{hint} Known: {', '.join(options)}.")
        self.word = word
        self.nearest = close


@dataclass(frozen=True)
class Need:
    """One line of a readiness list: what is there, and how much is needed."""

    key: str
    label: str
    have: int
    needed: int

    @property
    def ok(self) -> bool:
        """Whether there is enough."""
        return self.have >= self.needed

    def as_dict(self) -> dict[str, object]:
        """The need as plain data, for reports."""
        return {"key": self.key, "label": str(self.label), "have": self.have, "needed": self.needed, "ok": self.ok}


class NotEnoughDataError(InsightsError):
    """A model cannot be trained yet; ``needs`` says what is missing, in exact counts."""

    def __init__(self, needs: Sequence[Need]) -> None:
        missing = [need for need in needs if not need.ok]
        lines = "; ".join(f"{need.label}: {need.have} of {need.needed}" for need in missing)
        super().__init__(f"Not enough data yet. {lines}.")
        self.needs = list(needs)


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option most like ``word``, or None when nothing is near.

    Case is ignored, since that is the commonest slip in a settings file.
    """
    by_fold = {option.casefold(): option for option in options}
    close = get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None
