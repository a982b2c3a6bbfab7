"""From facts to published models: runs, recipes, artifacts, and what is served.

The names below are loaded on first use: a web process may queue a training and needs no scikit-learn for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import registry as registry
    from .people import unlearn as unlearn
    from .pipeline import TrainingReport as TrainingReport
    from .pipeline import train as train
    from .pipeline import work as work
    from .registry import SLOTS as SLOTS
    from .reports import RunReport as RunReport
    from .runs import FAMILIES as FAMILIES
    from .runs import busy as busy
    from .runs import cancel as cancel
    from .runs import enqueue as enqueue
    from .runs import sweep as sweep
    from .runs import waiting as waiting
    from .schema import check_schema as check_schema
    from .workdir import tidy as tidy

_HOMES = {
    "people": ("unlearn",),
    "pipeline": ("TrainingReport", "train", "work"),
    "registry": ("SLOTS",),
    "reports": ("RunReport",),
    "runs": ("FAMILIES", "busy", "cancel", "enqueue", "sweep", "waiting"),
    "schema": ("check_schema",),
    "workdir": ("tidy",),
}

__all__ = [
    "FAMILIES",
    "SLOTS",
    "RunReport",
    "TrainingReport",
    "busy",
    "cancel",
    "check_schema",
    "enqueue",
    "registry",
    "sweep",
    "tidy",
    "train",
    "unlearn",
    "waiting",
    "work",
]


def __getattr__(name: str) -> Any:
    if name == "registry":
        return import_module(f"{__name__}.registry")
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
