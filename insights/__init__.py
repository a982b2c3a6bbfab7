"""AI customer insight for any Django shop.

The public names are lazy, so that importing the package in a web process costs nothing:
``Adapter``, with ``Cents``, ``Const``, ``First``, ``Total`` and ``ParentByPath``, maps the shop's models,
``recommend`` gives products, ``ask`` answers a question, ``track`` records an event.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # From the modules that bear their names, which a type checker takes them for otherwise.
    from insights.assistant.ask import ask as ask
    from insights.collect import track as track
    from insights.serving.recommend import recommend as recommend
    from insights.sources import Adapter as Adapter
    from insights.sources import Cents as Cents
    from insights.sources import Const as Const
    from insights.sources import First as First
    from insights.sources import ParentByPath as ParentByPath
    from insights.sources import Total as Total

_HOMES = {
    "Adapter": "insights.sources",
    "Cents": "insights.sources",
    "Const": "insights.sources",
    "First": "insights.sources",
    "ParentByPath": "insights.sources",
    "Total": "insights.sources",
    "ask": "insights.assistant",
    "recommend": "insights.serving",
    "track": "insights.collect",
}

__all__ = ["Adapter", "Cents", "Const", "First", "ParentByPath", "Total", "ask", "recommend", "track"]


if not TYPE_CHECKING:  # a type checker is to find a name that is not there

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            return getattr(import_module(_HOMES[name]), name)
        raise AttributeError(f"module 'insights' has no attribute {name!r}")
