"""The folder of a run: the copy of the tables, and what the models say of each customer until it is published."""

from __future__ import annotations

import logging
import shutil
import time
import zipfile
from pathlib import Path
from uuid import UUID

from insights.conf import settings
from insights.exceptions import RunError
from insights.models import Run

from .claims import ACTIVE
from .scores import Scores

logger = logging.getLogger(__name__)

_LEFT_BEHIND = 24 * 3600
"""Seconds after which the folder of a run that is over was forgotten by whoever was killed."""


def folder(run: Run) -> Path:
    """Where a run keeps its files on this machine."""
    return _runs() / str(run.uid)


def make(run: Run) -> Path:
    """The folder of a run, made where it is not there.

    Raises:
        RunError: when it cannot be made.
    """
    path = folder(run)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            f"{path} cannot be made: {error.strerror}. Let the process write to {settings.DATA_DIR}, "
            "or set INSIGHTS['DATA_DIR'] to another folder."
        ) from error
    return path


def save_scores(run: Run, slot: str, scores: Scores) -> None:
    """Keep what a model says until the last step."""
    make(run)
    scores.save(_scores(run, slot))


def load_scores(run: Run, slot: str) -> Scores | None:
    """What a model says; None where the file is damaged, was deleted, or lies on another machine."""
    try:
        return Scores.load(_scores(run, slot))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def remove(run: Run) -> None:
    """Delete the folder of a run, unless somebody works in it."""
    if not Run.objects.filter(pk=run.pk, state__in=ACTIVE).exists():
        shutil.rmtree(folder(run), ignore_errors=True)


def tidy(older: float = _LEFT_BEHIND) -> int:
    """Delete folders that killed workers left behind; gives their number.

    Args:
        older: seconds since somebody last wrote there.
    """
    try:
        old = [path for path in _runs().iterdir() if time.time() - path.stat().st_mtime >= older]
    except OSError:
        return 0
    deleted = 0
    for path in old:
        uid = _uid(path.name)
        if uid is not None and not Run.objects.filter(uid=uid, state__in=ACTIVE).exists():
            logger.info("The folder %s was left behind and is deleted.", path)
            shutil.rmtree(path, ignore_errors=True)
            deleted += 1
    return deleted


def _runs() -> Path:
    return Path(settings.DATA_DIR) / "runs"


def _scores(run: Run, slot: str) -> Path:
    return folder(run) / f"{slot}.npz"


def _uid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
