"""Rows of several kinds into a channel, parents before children, by the same cleaning as everything else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from insights.cleaning import BadRow, Ways, settle_touches
from insights.models import atomic
from insights.sources.deletions import delete
from insights.sources.directory import Directory
from insights.sources.exports.mapping import Out, Platform
from insights.sources.files import keep_torn_aside
from insights.sources.files_read import Torn
from insights.sources.load import Loader
from insights.sources.manner import Manner, Touched
from insights.sources.records import KINDS
from insights.sources.report import KindReport
from insights.sources.together import settle_together
from insights.sources.words import classifier


class Intake:
    """Takes over what a platform says.

    Attributes:
        reports: what became of the rows, by kind.

    Args:
        currency: of rows that name none.
        rejected: told of the rows that go into quarantine.
    """

    def __init__(
        self,
        platform: Platform,
        channel: str = "",
        *,
        currency: str = "",
        date_format: str | None = None,
        rejected: Callable[[Sequence[BadRow]], None] | None = None,
    ) -> None:
        self._platform = platform
        self._channel = channel or platform.channel
        manner = Manner(self._channel, lists_categories=False, currency=currency)
        ways = Ways(
            status=lambda word: platform.statuses.get(str(word).strip().lower()), kind=classifier(None, whole=True)
        )
        directory = Directory(platform.products or self._channel)
        self.loaders = {
            kind: Loader(
                KINDS[kind], manner, names, ways, directory=directory, date_format=date_format, rejected=rejected
            )
            for kind, names in platform.fields.items()
        }
        self.reports: dict[str, KindReport] = {}
        self.everything = False

    def take(self, rows: Iterable[Out], *, once: Iterable[str] = ()) -> None:
        """Take over rows in one transaction; lines that their order no longer has go.

        Args:
            once: kinds of which rows that are there already are left as they are, beside the platform's own.
        """
        by_kind: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for kind, row in rows:
            by_kind[kind].append(row)
        with atomic():
            for kind in (kind for kind in KINDS if kind in by_kind):
                given = by_kind[kind]
                if kind in self._platform.once or kind in once:
                    given = self._new(kind, given)
                names = self._platform.fields[kind]
                # Parents first, so that their children find them at once.
                for some in (
                    [row for row in given if not row.get("parent")],
                    [row for row in given if row.get("parent")],
                ):
                    if some:
                        self._add(kind, self.loaders[kind].load([[row.get(name) for name in names] for row in some]))
            if "orders" in by_kind:
                gone = self.loaders["order_lines"].keep_only(
                    [str(row["id"]) for row in by_kind["orders"]], {str(row["id"]) for row in by_kind["order_lines"]}
                )
                self._add("order_lines", KindReport(deleted=gone))

    def remove(self, kind: str, keys: set[str]) -> None:
        """Take out rows that the platform no longer has."""
        loader = self.loaders[kind]
        with atomic():
            self._add(kind, KindReport(deleted=delete(loader.kind, loader.manner, keys, loader.touched)))

    def finish(self) -> None:
        """Resolve what rows say of others of their kind, and run the rules that compare rows with each other."""
        touched = Touched()
        for loader in self.loaders.values():
            loader.finish()
            touched.orders |= loader.touched.orders
            touched.people |= loader.touched.people
            touched.visitors |= loader.touched.visitors
        if "orders" in self.loaders:
            found = settle_together(
                self._channel,
                guests="by_email",
                drop_identical=False,
                touched=None if self.everything else touched,
            )
            for kind, report in found.items():
                if report != KindReport():
                    self._add(kind, report)
        else:
            settle_touches(touched.visitors)

    def forget_touched(self, most: int) -> None:
        """Beyond so many orders all are compared in the end, rather than remembering which."""
        for loader in self.loaders.values():
            loader.changed.clear()
            if len(loader.touched.orders) > most:
                self.everything = True
            if self.everything:
                loader.touched.clear()

    def add_torn(self, torn: Sequence[Torn]) -> None:
        """Keep aside what is no row at all, under the kind that comes first."""
        if torn:
            kind = "orders" if "orders" in self.loaders else next(iter(self.loaders))
            self._add(kind, keep_torn_aside(self.loaders[kind], torn))

    def _new(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        keys = {str(row["id"]) for row in rows}
        there = set(
            KINDS[kind]
            .model._default_manager.filter(channel=self._channel, external_id__in=keys)
            .values_list("external_id", flat=True)
        )
        return [row for row in rows if str(row["id"]) not in there]

    def _add(self, kind: str, report: KindReport) -> None:
        self.reports[kind] = self.reports.get(kind, KindReport()) + report
