"""A stored model is what it was when it was stored, or it is refused; never is anything unpickled."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import pickle
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from sklearn.preprocessing import FunctionTransformer

from insights.exceptions import ArtifactError
from insights.learning import RFM
from insights.models import ModelVersion
from insights.serving import index, recommend
from insights.training import artifacts
from insights.training.artifacts import delete_artifact, load_artifact, save_artifact
from tests.insights.serving.world import build_world, published
from tests.insights.serving.world import train as train_world
from tests.insights.training.versions import register

pytestmark = pytest.mark.django_db


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


@pytest.fixture
def version() -> ModelVersion:
    return register("churn", arrays={"weights": np.arange(6.0).reshape(2, 3), "names": np.array(["a", "bc"])})


def stored(version: ModelVersion, name: str = "weights.npy") -> Path:
    return Path(artifacts.model_storage().path(f"{version.artifact}/{name}"))


def forget_cache(places: Path) -> None:
    for path in (places / "data" / "cache").glob("*"):
        path.unlink()


def test_load__gives_back_what_was_saved(version: ModelVersion) -> None:
    found = load_artifact(ModelVersion.objects.get(pk=version.pk))
    np.testing.assert_array_equal(found.arrays["weights"], [[0, 1, 2], [3, 4, 5]])
    assert list(found.arrays["names"]) == ["a", "bc"]
    assert isinstance(found.arrays["weights"], np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found.arrays["weights"][0, 0] = 9
    assert found.manifest["arrays"]["weights"] == {"shape": [2, 3], "type": "float64"}
    assert (found.manifest["slot"], found.manifest["number"]) == ("churn", 1)


def test_load__an_estimator_says_the_same() -> None:
    recency, frequency, monetary = np.random.default_rng(0).gamma(2, 10, (3, 50))
    rfm = RFM().fit(recency, frequency, monetary)
    found = load_artifact(register("segmentation", estimators={"rfm": rfm}))
    again = found.estimator("rfm")
    np.testing.assert_array_equal(again.segment_, rfm.segment_)
    with pytest.raises(KeyError):
        found.estimator("other")


def test_load__from_the_cache_where_the_storage_is_gone(version: ModelVersion) -> None:
    load_artifact(version)
    stored(version).unlink()
    assert load_artifact(version).arrays["weights"].shape == (2, 3)


def test_load__mends_a_damaged_cache(version: ModelVersion, places: Path) -> None:
    load_artifact(version)
    (cached,) = (places / "data" / "cache").glob(f"{version.sha256['weights.npy']}*")
    cached.write_bytes(b"damaged")
    assert load_artifact(version).arrays["weights"].sum() == 15


@pytest.mark.parametrize("damage", [b"", b"other", None])
def test_load__refuses_a_file_that_is_not_the_one_that_was_stored(
    version: ModelVersion, damage: bytes | None, places: Path
) -> None:
    path = stored(version)
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    with pytest.raises(ArtifactError, match=r"weights.npy of churn v1 .*insights_train prediction"):
        load_artifact(version)
    assert not list((places / "data" / "cache").glob("*.part")), "nothing half-written stays"


def test_load__never_unpickles_even_where_the_checksum_agrees(version: ModelVersion, places: Path) -> None:
    trap = places / "sprung"
    for content in (pickle.dumps(Trap(trap)), _object_array(trap)):
        stored(version).write_bytes(content)
        version.sha256["weights.npy"] = hashlib.sha256(content).hexdigest()
        with pytest.raises(ArtifactError, match="damaged"):
            load_artifact(version)
    assert not trap.exists()
    with pytest.raises(ValueError, match="Object arrays"):
        save_artifact(version, arrays={"weights": np.array([Trap(trap)])})


def test_estimator__of_a_type_that_is_not_on_the_list_is_refused(places: Path) -> None:
    trap = places / "sprung"
    version = register(
        "churn", estimators={"model": FunctionTransformer(os.system, kw_args={"command": f"touch {trap}"})}
    )
    with pytest.raises(ArtifactError, match="“model” cannot be read safely"):
        load_artifact(version).estimator("model")
    assert not trap.exists()


def test_estimator__that_is_no_archive_is_refused(version: ModelVersion) -> None:
    content = pickle.dumps({"a": 1})
    stored(version, "model.skops").write_bytes(content)
    version.sha256["model.skops"] = hashlib.sha256(content).hexdigest()
    with pytest.raises(ArtifactError, match="cannot be read safely"):
        load_artifact(version).estimator("model")


def test_load__of_a_version_that_was_never_stored() -> None:
    with pytest.raises(ArtifactError, match="never stored"):
        load_artifact(ModelVersion(slot="churn", number=9, family="prediction"))


def test_load__a_full_disk_is_named_as_such(
    version: ModelVersion, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ArtifactError, match="No space left on device"):
        load_artifact(version)
    assert not list((places / "data" / "cache").iterdir())


def test_load__a_cache_that_cannot_be_made(version: ModelVersion, places: Path) -> None:
    (places / "data" / "cache").write_text("a file where the folder should be")
    with pytest.raises(ArtifactError, match="insights_doctor"):
        load_artifact(version)


def test_load__forgets_what_nobody_opened_for_a_month(version: ModelVersion, places: Path) -> None:
    load_artifact(version)
    old = places / "data" / "cache" / "old.npy"
    old.write_bytes(b"")
    long_ago = time.time() - 40 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    for path in (places / "data" / "cache").iterdir():
        os.utime(path, (long_ago, long_ago))
    load_artifact(version)
    load_artifact(register("churn", arrays={"weights": np.arange(9.0)}))
    assert not old.exists()
    assert load_artifact(version).arrays["weights"].sum() == 15


def test_save__over_what_a_killed_attempt_left_behind(version: ModelVersion) -> None:
    save_artifact(version, arrays={"weights": np.zeros(2)})
    assert sorted(path.name for path in stored(version).parent.iterdir()) == [
        "manifest.json",
        "names.npy",
        "weights.npy",
    ]
    assert load_artifact(version).arrays["weights"].tolist() == [0, 0]


class ElsewhereStorage(FileSystemStorage):
    """Gives each file a name of its own choice."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return f"{name}.1"


def test_save__a_storage_with_a_mind_of_its_own_is_refused(version: ModelVersion, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {"elsewhere": {"BACKEND": f"{__name__}.ElsewhereStorage"}}
    settings.INSIGHTS = settings.INSIGHTS | {"STORAGE": "elsewhere"}
    with pytest.raises(ArtifactError, match="where it is not found"):
        save_artifact(version, arrays={"weights": np.zeros(2)})


def test_delete__leaves_no_file(version: ModelVersion, places: Path) -> None:
    load_artifact(version)
    stored(version, "half.npy").write_bytes(b"of a killed attempt")
    delete_artifact(version)
    assert [path for path in places.rglob("*") if path.is_file()] == []
    assert not stored(version).parent.exists()
    delete_artifact(version)


def test_serving__falls_back_where_a_model_is_damaged(places: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache.clear()
    world = build_world()
    train_world(world)
    shown = recommend(world.customers[0].external_id, None, "for_you", 5)
    assert {item.source for item in shown.items} == {"personal"}
    for version in ModelVersion.objects.all():
        for path in stored(version).parent.iterdir():
            path.write_bytes(b"damaged")
    forget_cache(places)
    index.forget()
    cache.clear()
    instead = recommend(world.customers[0].external_id, None, "for_you", 5)
    assert len(instead.items) == 5, "a list is never empty"
    assert "personal" not in {item.source for item in instead.items}
    assert "cannot be served" in caplog.text
    index.forget()


def test_serving__a_version_without_its_arrays_is_left_aside() -> None:
    index.forget()
    published("implicit", "Popularity", {"item_ids": np.arange(3)})
    assert index.factors() is None
    index.forget()


def _object_array(trap: Path) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([Trap(trap)], dtype=object), allow_pickle=True)
    return buffer.getvalue()
