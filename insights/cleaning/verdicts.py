"""What people decided about labels: whether an event that is labelled counts, and who is a machine all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from insights.models import BotRule, Verdict

MARKED = "marked"
"""The label of what somebody here said is a machine's."""


@dataclass(frozen=True)
class Verdicts:
    """All decisions that are in force.

    Attributes:
        reasons: labels that count after all.
        sessions: verdict by key of the session.
        visitors: verdict by primary key of the visitor.
    """

    reasons: frozenset[str] = frozenset()
    sessions: Mapping[str, str] = field(default_factory=dict)
    visitors: Mapping[int, str] = field(default_factory=dict)

    def judge(self, bot: str, *, session: str = "", visitor: int | None = None) -> tuple[str, bool]:
        """The label of an event, and whether it counts.

        Args:
            bot: the label that it has by itself; empty for people's.
        """
        said = self.of(session, visitor)
        bot = "" if bot == MARKED else bot
        if said == Verdict.MACHINE:
            return bot or MARKED, False
        return bot, said == Verdict.PEOPLE or not bot or bot in self.reasons

    def of(self, session: str, visitor: int | None) -> str:
        """What was said of a session, or else of its visitor; empty where nothing was."""
        return self.sessions.get(session) or (self.visitors.get(visitor, "") if visitor is not None else "")


def verdicts() -> Verdicts:
    """The decisions that are in force now."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in BotRule.Kind.values}
    for kind, key, verdict in BotRule.objects.exclude(verdict="").values_list("kind", "key", "verdict"):
        found[kind][key] = verdict
    return Verdicts(
        frozenset(found[BotRule.Kind.REASON]),
        found[BotRule.Kind.SESSION],
        {int(key): verdict for key, verdict in found[BotRule.Kind.VISITOR].items()},
    )
