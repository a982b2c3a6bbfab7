"""Which version is served, how it gets there, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from insights.exceptions import ArtifactError, RunError, UnknownKeyError
from insights.models import CustomerState, ModelVersion, Publication, Run, RunState
from insights.training import artifacts, registry
from insights.training.claims import LostClaimError
from insights.training.recipe import plain
from tests.insights.training.versions import churn, done, made, people, register, segments, shown

pytestmark = pytest.mark.django_db


def files(version: ModelVersion) -> list[Path]:
    folder = Path(artifacts.model_storage().path(version.artifact))
    return sorted(folder.iterdir()) if folder.exists() else []


def test_register__stores_and_does_not_serve() -> None:
    version = register("churn", metrics={"auc": float("nan"), "deep": [{"gain": np.float64("inf"), "n": np.int64(3)}]})
    assert (version.number, version.family, version.verdict) == (1, "prediction", "Better.")
    assert version.published_at is None
    assert registry.current("churn") is None
    again = ModelVersion.objects.get(pk=version.pk)
    assert again.metrics == {"auc": None, "deep": [{"gain": None, "n": 3}]}
    assert set(again.sha256) == {"manifest.json", "weights.npy"}
    assert again.libraries["numpy"] == np.__version__


def test_register__what_an_earlier_attempt_of_the_run_left_goes() -> None:
    run = done()
    served = register("churn", run)
    registry.publish(served)
    first = register("churn", run)
    other = register("churn")
    second = register("churn", run)
    assert set(ModelVersion.objects.all()) == {served, other, second}
    assert second.number == 4
    assert not files(first)


def test_register__a_worker_that_lost_its_run_stores_nothing_and_deletes_nothing() -> None:
    run = done()
    theirs = register("churn", run)

    def fence() -> None:
        raise LostClaimError

    with pytest.raises(LostClaimError):
        registry.register(run, made("churn"), theirs.as_of, fence)
    assert list(ModelVersion.objects.all()) == [theirs]
    assert files(theirs)


def test_register__a_full_disk_leaves_what_was_served(monkeypatch: pytest.MonkeyPatch) -> None:
    served = register("churn")
    registry.publish(served)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(artifacts.model_storage()), "save", full)
    with pytest.raises(OSError, match="No space"):
        register("churn")
    assert registry.current("churn") == served
    monkeypatch.undo()
    registry.publish(register("churn"))
    assert artifacts.load_artifact(registry.current("churn") or served).arrays["weights"].shape == (3,)


def test_publish__flips_the_pointer() -> None:
    first, second = register("churn"), register("churn")
    registry.publish(first, by="maya" * 50)
    assert registry.current("churn") == first
    published_at = first.published_at
    registry.publish(second)
    registry.publish(first)
    assert registry.current("churn") == first
    assert first.published_at == published_at, "it says when it was published first"
    assert Publication.objects.get().slot == "churn"


def test_current__of_an_unknown_slot_names_the_nearest() -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean “churn”"):
        registry.current("chrun")


def test_rollback__and_forward_with_what_was_said_of_the_customers() -> None:
    customers = people(3)
    shown({"segmentation": segments(customers, "new", "new", "lost"), "churn": churn(customers, 0.1, 0.2, 0.9)})
    first = registry.current("segmentation")
    shown({"segmentation": segments(customers, "loyal", "loyal", "loyal")})
    second = registry.current("segmentation")
    shown({"churn": churn(customers, 0.3, 0.3, 0.3)})
    register("segmentation")
    assert registry.rollback("segmentation", by="maya") == first
    rows = CustomerState.objects.current().order_by("customer").values_list("segment", "churn_probability")
    assert list(rows) == [("new", 0.3), ("new", 0.3), ("lost", 0.3)]
    back = Run.objects.get(kind="rollback")
    assert (back.state, back.requested_by) == (RunState.DONE, "maya")
    with pytest.raises(RunError, match="no earlier version"):
        registry.rollback("segmentation")
    assert second is not None
    registry.serve(second)
    assert set(CustomerState.objects.current().values_list("segment", flat=True)) == {"loyal"}
    assert registry.current("segmentation") == second


def test_rollback__not_to_a_damaged_version() -> None:
    customers = people(1)
    shown({"segmentation": segments(customers, "new")})
    first = registry.current("segmentation")
    run = shown({"segmentation": segments(customers, "lost")})
    assert first is not None
    files(first)[0].write_bytes(b"damaged")
    with pytest.raises(ArtifactError):
        registry.rollback("segmentation")
    assert (registry.current("segmentation") or first).run == run
    assert CustomerState.objects.current().get().segment == "lost"


def test_serve__not_a_version_whose_words_were_not_kept() -> None:
    customers = people(1)
    shown({"churn": churn(customers, 0.2)})
    served = registry.current("churn")
    loser = register("churn")
    with pytest.raises(RunError, match="What churn v2 said of the customers is not kept"):
        registry.serve(loser)
    assert registry.current("churn") == served
    taste = register("implicit")
    registry.serve(taste)
    assert registry.current("implicit") == taste, "factors say nothing of a customer that is kept"


def test_prune__keeps_what_is_served_what_one_may_go_back_to_and_what_is_to_be_published(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"KEEP_VERSIONS": 2}}
    published = [register("churn") for _ in range(4)]
    for version in published:
        registry.publish(version)
    registry.publish(published[0])
    waiting = Run.objects.create(kind="training", state=RunState.RUNNING)
    unpublished = [register("churn", waiting), *(register("churn") for _ in range(4))]
    other = register("purchase")
    registry.prune()
    kept = {published[0], published[2], published[3], unpublished[0], unpublished[3], unpublished[4], other}
    assert set(ModelVersion.objects.all()) == kept
    assert not files(published[1])
    assert not files(unpublished[1])
    assert registry.previous("churn") is None
    registry.publish(published[3])
    assert registry.previous("churn") == published[2]


def test_plain__is_json_on_every_database() -> None:
    told = plain({"a": np.arange(2), 1: (np.float32(0.5), float("-inf")), "b": {"c": None, "d": "x", "e": True}})
    assert told == {"a": [0, 1], "1": [0.5, None], "b": {"c": None, "d": "x", "e": True}}
