"""Trained models as files: arrays as .npy, estimators as .skops, checked by their SHA-256 and never unpickled."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import time
import uuid
import zipfile
from collections.abc import Collection, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages

from insights.conf import settings
from insights.exceptions import ArtifactError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insights.models import ModelVersion

MANIFEST = "manifest.json"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST)
_UNUSED = 30 * 24 * 3600
"""Seconds after which a file in the cache that nobody opened is deleted; it can be fetched again."""


@dataclass(frozen=True)
class Artifact:
    """A stored model. Arrays are memory-mapped and read-only; an estimator is loaded when it is asked for."""

    manifest: dict[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    _estimators: Mapping[str, Path]

    def estimator(self, name: str) -> Any:
        """A scikit-learn estimator.

        Raises:
            ArtifactError: when it holds a type that is not on the list.
            KeyError: for an unknown name.
        """
        from skops.io import load
        from skops.io.exceptions import UntrustedTypesFoundException

        from insights.learning import TRUSTED_TYPES

        try:
            return load(self._estimators[name], trusted=list(TRUSTED_TYPES))
        except (UntrustedTypesFoundException, zipfile.BadZipFile, ValueError, TypeError) as error:
            raise ArtifactError(f"The stored estimator “{name}” cannot be read safely. Train it again.") from error


def save_artifact(
    version: ModelVersion,
    *,
    arrays: Mapping[str, NDArray[Any]] | None = None,
    estimators: Mapping[str, Any] | None = None,
    notes: Mapping[str, Any] | None = None,
) -> None:
    """Store a model and write its folder and checksums into the version, which is not saved yet.

    Args:
        version: with slot and number.
        arrays: name to array, of numbers or text.
        estimators: name to fitted scikit-learn estimator.
        notes: what else the manifest holds, as JSON takes it.

    Raises:
        ValueError: for an array of objects.
        ArtifactError: when the storage puts a file elsewhere than it was told.
        OSError: when the storage cannot write.
    """
    folder = _folder(version)
    storage = model_storage()
    files = dict(_contents(arrays or {}, estimators or {}))
    shapes = {name: {"shape": list(array.shape), "type": str(array.dtype)} for name, array in (arrays or {}).items()}
    manifest = {"slot": version.slot, "number": version.number, "arrays": shapes, **(notes or {})}
    files[MANIFEST] = json.dumps(manifest, indent=1, default=str).encode()
    version.sha256 = {name: _put(storage, f"{folder}/{name}", content) for name, content in files.items()}
    version.artifact = folder


def replace_arrays(version: ModelVersion, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Store a version with other arrays of the same shapes, and delete what was stored of it.

    The new files lie in a folder of their own until the version names it: whoever is cut off leaves the old ones.
    Processes that serve the version open the new ones with their next list.

    Raises:
        ArtifactError: when a file cannot be read, or the storage puts one elsewhere than it was told.
        OSError: when the storage cannot write.
    """
    storage, before = model_storage(), copy(version)
    base, _, turn = version.artifact.partition("-")
    folder, sums = f"{base}-{int(turn or 0) + 1}", {}
    fresh = dict(_contents({name: array for name, array in arrays.items() if f"{name}.npy" in version.sha256}, {}))
    for name, digest in version.sha256.items():
        content = fresh[name] if name in fresh else _cached(version, name, digest).read_bytes()
        sums[name] = _put(storage, f"{folder}/{name}", content)
    version.artifact, version.sha256 = folder, sums
    version.save(update_fields=["artifact", "sha256"])
    delete_artifact(before, still_used=set(sums.values()))


def load_artifact(version: ModelVersion) -> Artifact:
    """A stored model, each file checked against the checksum in the database.

    Raises:
        ArtifactError: when a file is missing, changed or not what it should be: train the family again.
    """
    import numpy as np

    if MANIFEST not in version.sha256:
        raise ArtifactError(f"{version} was never stored. Train it again: manage.py insights_train {version.family}.")
    files = {name: _cached(version, name, digest) for name, digest in version.sha256.items()}
    try:
        arrays = {
            name.removesuffix(".npy"): np.load(path, mmap_mode="r", allow_pickle=False)
            for name, path in files.items()
            if name.endswith(".npy")
        }
        manifest = json.loads(files[MANIFEST].read_text(encoding="utf-8"))
    except (OSError, EOFError, ValueError) as error:
        raise ArtifactError(
            f"A file of {version} is damaged. Train it again: manage.py insights_train {version.family}."
        ) from error
    estimators = {name.removesuffix(".skops"): path for name, path in files.items() if name.endswith(".skops")}
    return Artifact(manifest, arrays, estimators)


def model_storage() -> Storage:
    """Where trained models are kept: private by default, since the default storage of many shops is served to all."""
    return storages[settings.STORAGE] if settings.STORAGE else FileSystemStorage(location=settings.DATA_DIR)


def delete_artifact(version: ModelVersion, still_used: Collection[str] = ()) -> None:
    """Delete the files of a version from the storage and from the cache of this machine.

    Args:
        still_used: checksums of those that stay in the cache.
    """
    storage = model_storage()
    for name in _stored(storage, version):
        storage.delete(f"{_folder(version)}/{name}")
    with contextlib.suppress(OSError):
        # Only a folder of a file system is a thing that can be deleted, and only when it is empty.
        storage.delete(_folder(version))
    for name, digest in version.sha256.items():
        if digest in still_used:
            continue
        with contextlib.suppress(OSError):
            _cache_path(name, digest).unlink(missing_ok=True)


def _put(storage: Storage, path: str, content: bytes) -> str:
    """Store a file and give its checksum."""
    # A storage would give another name to a file that a killed attempt left behind.
    if storage.exists(path):
        storage.delete(path)
    if (name_given := storage.save(path, ContentFile(content))) != path:
        raise ArtifactError(f"The storage “{settings.STORAGE}” keeps {path} as {name_given}, where it is not found.")
    return hashlib.sha256(content).hexdigest()


def _contents(arrays: Mapping[str, NDArray[Any]], estimators: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    import numpy as np

    for name, array in arrays.items():
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
        yield f"{name}.npy", buffer.getvalue()
    if estimators:
        from skops.io import dumps

        for name, estimator in estimators.items():
            yield f"{name}.skops", dumps(estimator, compression=zipfile.ZIP_DEFLATED, compresslevel=6)


def _folder(version: ModelVersion) -> str:
    return version.artifact or f"{'insights/' if settings.STORAGE else ''}models/{version.slot}/{version.number}"


def _stored(storage: Storage, version: ModelVersion) -> set[str]:
    """The files of a version; also those of one that was killed before its checksums were written."""
    try:
        found = storage.listdir(_folder(version))[1]
    except Exception:  # each storage has errors of its own, and not all can list
        found = []
    return {*found, *version.sha256}


def _cached(version: ModelVersion, name: str, digest: str) -> Path:
    """The file in the cache, fetched from the storage where it is not there or not what it was."""
    path = _cache_path(name, digest)
    try:
        if path.exists() and _digest(path) == digest:
            os.utime(path)
            return path
    except OSError:
        pass  # it is fetched anew
    return _fetch(version, name, digest, path)


def _fetch(version: ModelVersion, name: str, digest: str, path: Path) -> Path:
    again = f"Train it again: manage.py insights_train {version.family}."
    # Several threads and processes may fetch the same file at once; each has a draft of its own.
    draft = path.with_suffix(f".{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _forget_unused(path.parent)
        with model_storage().open(f"{version.artifact}/{name}") as source, draft.open("wb") as target:
            for chunk in source.chunks():
                target.write(chunk)
        if _digest(draft) != digest:
            raise ArtifactError(f"The file {name} of {version} is not the one that was stored. {again}")
        draft.replace(path)
    except ArtifactError:
        raise
    except Exception as error:  # each storage has errors of its own
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise ArtifactError(
                f"The file {name} of {version} cannot be copied into {path.parent}: {error.strerror}. "
                "Make room there, or let the process write; see manage.py insights_doctor."
            ) from error
        raise ArtifactError(f"The file {name} of {version} cannot be read ({type(error).__name__}). {again}") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return path


def _forget_unused(cache: Path) -> None:
    """Delete what no process has opened for a month: versions that were pruned on another machine."""
    for path in cache.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _UNUSED:
                path.unlink()


def _cache_path(name: str, digest: str) -> Path:
    return Path(settings.DATA_DIR) / "cache" / f"{digest}{Path(name).suffix}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
