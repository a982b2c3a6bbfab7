"""A first draft of an adapter: from the host's models to a file that can be read, tried and mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model

from insights.conf import settings
from insights.sources.adapter import Adapter, Cents, Const
from insights.sources.draft_fields import candidates, guesses, key_of
from insights.sources.draft_models import Guess, Table, host_models, tables
from insights.sources.draft_words import HEADS
from insights.sources.expressions import First
from insights.sources.records import KINDS
from insights.sources.resolve import Problem, problems

_HEADER = '''"""What the shop's tables mean to insights. A draft: look at each comment, then take it out."""

import insights


class ShopAdapter(insights.Adapter):
    name = "shop"
'''
_GAP = "…"


@dataclass(frozen=True)
class Draft:
    """An adapter as it was guessed.

    Attributes:
        kinds: what each inner class says, by kind.
        missing: kinds for which there is nothing, with what was looked for.
        halves: what is known of kinds that lack something that they cannot do without.
        unused: the shop's other tables.
    """

    kinds: Mapping[str, Mapping[str, Guess]]
    missing: Mapping[str, str] = field(default_factory=dict)
    halves: Mapping[str, Mapping[str, Guess]] = field(default_factory=dict)
    unused: Sequence[str] = ()

    @property
    def has_currency(self) -> bool:
        """Whether the orders say their own currency."""
        return "currency" in {**self.kinds, **self.halves}.get("orders", {})

    def gaps(self, kind: str) -> dict[str, str]:
        """What has to be filled in of a kind in ``halves``: by field, what it means and which columns it may be."""
        return {name: guess.note for name, guess in self.halves[kind].items() if guess.value == _GAP}

    def adapter(self) -> Adapter:
        """The adapter that the text says."""
        inner = {
            KINDS[kind].inner: type(KINDS[kind].inner, (), {name: guess.value for name, guess in said.items()})
            for kind, said in self.kinds.items()
        }
        own = {"name": "shop", "__module__": "drafted"} | ({} if self.has_currency else {"currency": _currency()})
        return type("ShopAdapter", (Adapter,), own | inner)()

    def problems(self) -> list[Problem]:
        """What is wrong with it."""
        return problems(self.adapter())

    def text(self) -> str:
        """The file."""
        parts = [_HEADER]
        if not self.has_currency:
            parts.append(f"    currency = {_code(_currency())}  # of all amounts, since the orders name none\n")
        for kind, said in self.kinds.items():
            parts.append(f"\n    class {KINDS[kind].inner}:\n")
            parts += [f"        {name} = {_code(guess.value)}{_comment(guess)}\n" for name, guess in said.items()]
        for kind, said in self.halves.items():
            parts.append(f"\n    # {self.missing[kind]} Fill it in, and take the “# ” off each line.\n")
            parts.append(f"    # class {KINDS[kind].inner}:\n")
            parts += [f"    #     {name} = {_code(guess.value)}{_comment(guess)}\n" for name, guess in said.items()]
        nothing = [kind for kind in self.missing if kind not in self.halves]
        if nothing:
            parts.append("\n")
            parts += [f"    # {KINDS[kind].inner}: {self.missing[kind]}\n" for kind in nothing]
        if self.unused:
            parts.append(f"    # Tables not used here: {', '.join(self.unused)}.\n")
        return "".join(parts)


def draft_adapter(models: Sequence[Table] | None = None) -> Draft:
    """Guess an adapter for the host's models.

    Args:
        models: those to look at; by default all that are neither Django's own nor ours.
    """
    models = host_models() if models is None else models
    found = tables(models)
    keys = {
        kind: key_of(kind, model) if kind in ("orders", "products", "categories") else "pk"
        for kind, model in found.items()
    }
    kinds: dict[str, Mapping[str, Guess]] = {}
    missing: dict[str, str] = {}
    halves: dict[str, Mapping[str, Guess]] = {}
    for kind in (kind for kind in KINDS if kind in HEADS):
        if kind not in found:
            missing[kind] = "no table looks like it."
            continue
        said = guesses(kind, found[kind], found, keys)
        lacking = _lacking(kind, said)
        if lacking:
            names = " and ".join(f"“{name}”" for name in lacking)
            missing[kind] = f"{found[kind]._meta.label} looks like it, but nothing in it looks like {names}."
            halves[kind] = said | {name: _open(kind, found[kind], name) for name in lacking}
        else:
            kinds[kind] = said
    used = {*found.values(), get_user_model()}
    unused = sorted(model._meta.label for model in models if model not in used)
    return Draft(kinds, missing, halves, unused)


def _open(kind: str, model: Table, name: str) -> Guess:
    """What a person has to fill in, and with what."""
    wanted = KINDS[kind].by_name[name]
    choices = candidates(model, wanted)
    return Guess(_GAP, f"{wanted.meaning}: " + (f"one of {', '.join(choices)}?" if choices else "no column fits"))


def _lacking(kind: str, said: Mapping[str, Guess]) -> list[str]:
    found = [name for name in KINDS[kind].needed if name not in said]
    if kind == "order_lines" and not said.keys() & {"unit_price", "amount"}:
        found.append("unit_price")
    return found


def _currency() -> str:
    base: str = settings.BASE_CURRENCY
    return base


def _code(value: Any) -> str:
    """The value as it is written in Python, with double quotes."""
    if isinstance(value, Cents):
        return f"insights.Cents({_code(value.path)})"
    if isinstance(value, Const):
        return f"insights.Const({_code(value.value)})"
    if isinstance(value, First):
        return f"insights.First({', '.join(map(_code, (value.path, *value.order_by)))})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_code(key)}: {_code(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_code, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_code, value)) + ")"
    if isinstance(value, str):
        written = repr(str(value))
        return f'"{written[1:-1]}"' if '"' not in written and "\\" not in written else written
    return repr(value)


def _comment(guess: Guess) -> str:
    return f"  # {' '.join(guess.note.split())}" if guess.note else ""
