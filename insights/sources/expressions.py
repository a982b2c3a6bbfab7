"""Values that stand in other rows, written in an adapter as shortly as a path.

Each is an expression of Django's, so that the database reads it with the row and it can stand within others:
``Coalesce(First("categories"), First("parent__categories"))``.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Length, Substr


class _Beside:
    """An expression that is drawn up once it is known which model it is about."""

    def resolve_expression(self, query: Any, *args: Any, **more: Any) -> Any:
        """What Django asks of an expression: itself, fit for a query."""
        return Subquery(self.rows(query.model)).resolve_expression(query, *args, **more)

    def rows(self, model: type[Model]) -> QuerySet[Any, Any]:
        """The one value for each row of the model, as a query that refers to the row outside."""
        raise NotImplementedError


class First(_Beside):
    """The value at the end of a path through many rows, of the first of them; nothing where there is none.

    Args:
        path: ``"categories"``, ``"stockrecords__price"``.
        order_by: paths or expressions by which the rows are put in order; by default the values decide.
        filter: look-ups that say which of the rows are meant, by paths from the same place.
    """

    def __init__(self, path: str, *order_by: Any, **filter: Any) -> None:  # noqa: A002 - as Django calls it
        self.path = path
        self.order_by = order_by
        self.filter = filter

    def rows(self, model: type[Model]) -> QuerySet[Any, Any]:
        """The values of the row itself, in order, of which the first is taken."""
        rows = model._base_manager.filter(pk=OuterRef("pk"), **{f"{self.path}__isnull": False} | self.filter)
        return rows.order_by(*self.order_by, self.path).values(self.path)[:1]


class Total(_Beside):
    """The sum at the end of a path through many rows; nothing where there is none.

    Args:
        path: ``"sources__amount_refunded"``, or an expression.
        filter: look-ups that say which of the rows are meant, by paths from the same place.
    """

    def __init__(self, path: Any, **filter: Any) -> None:  # noqa: A002 - as Django calls it
        self.path = path
        self.filter = filter

    def rows(self, model: type[Model]) -> QuerySet[Any, Any]:
        """The sum over the row itself; apart from the row's own query, so that no other join multiplies it."""
        rows = model._base_manager.filter(pk=OuterRef("pk"), **self.filter).order_by()
        return rows.values("pk").annotate(insights_total=Sum(self.path)).values("insights_total")


class ParentByPath(_Beside):
    """The row above in a tree that is kept by materialised paths, as django-treebeard keeps it.

    Args:
        path: column of the path.
        step: characters a level; by default what the model says, as treebeard's do.
        key: column of the row above that is wanted.
    """

    def __init__(self, path: str = "path", *, step: int | None = None, key: str = "pk") -> None:
        self.path = path
        self.step = step
        self.key = key

    def rows(self, model: type[Model]) -> QuerySet[Any, Any]:
        """The row whose path is one step shorter."""
        step = self.step or int(getattr(model, "steplen", 4))
        above = Substr(OuterRef(self.path), 1, Length(OuterRef(self.path)) - step)
        return model._base_manager.filter(**{self.path: above}).order_by().values(self.key)[:1]
