"""From the keys of a channel to our own rows."""

from __future__ import annotations

from collections.abc import Iterable

from insights.batches import batches
from insights.models import Category, Customer
from insights.sources.records import KINDS

_MOST_KEPT = 200_000
_BATCH = 2_000


class Directory:
    """Finds the primary keys of rows by their external ids, and remembers those it found."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self._known: dict[str, dict[str, int]] = {}

    def find(self, kind: str, keys: Iterable[str]) -> dict[str, int]:
        """Key to primary key, of those that are there."""
        known = self._known.setdefault(kind, {})
        wanted = {key for key in keys if key}
        missing = sorted(wanted - known.keys())
        if len(known) + len(missing) > _MOST_KEPT:
            known.clear()
            missing = sorted(wanted)
        for some in batches(missing, _BATCH):
            known.update(self._look_up(kind, some))
        return {key: known[key] for key in wanted if key in known}

    def forget(self, kind: str) -> None:
        """Look the rows of a kind up anew, since some are gone."""
        self._known.pop(kind, None)

    def categories_named(self, names: Iterable[str]) -> None:
        """Make the categories that are there by name only: a source without a list of categories names them so."""
        wanted = {name for name in names if name}
        there = self.find("categories", wanted)
        Category.objects.bulk_create(
            [
                Category(channel=self.channel, external_id=name, name=name[:200], path=name[:500])
                for name in sorted(wanted - there.keys())
            ],
            ignore_conflicts=True,
        )

    def _look_up(self, kind: str, keys: list[str]) -> dict[str, int]:
        model = KINDS[kind].model
        rows = model._default_manager.filter(channel=self.channel, external_id__in=keys)
        if model is Customer:
            return {key: merged or pk for key, pk, merged in rows.values_list("external_id", "pk", "merged_into")}
        return dict(rows.values_list("external_id", "pk"))
