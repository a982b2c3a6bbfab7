"""django-oscar: a ready adapter, an entry in its dashboard, and widgets in its pages.

Nothing of Oscar is imported here but its signals, so that forked apps are met by their labels. The names are lazy,
since the package is an application too, which Django imports before any model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from insights.contrib.oscar.adapter import OscarAdapter as OscarAdapter
    from insights.contrib.oscar.adapter import price_with_tax as price_with_tax

__all__ = ["OscarAdapter", "price_with_tax"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from insights.contrib.oscar import adapter

        return getattr(adapter, name)
    raise AttributeError(f"module 'insights.contrib.oscar' has no attribute {name!r}")
