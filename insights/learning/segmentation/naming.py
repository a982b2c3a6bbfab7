"""What sets a cluster apart, as data: features that are high or low in it. Words are made from it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Trait = tuple[str, Literal["high", "low"]]


def describe_clusters(
    profiles: Sequence[Mapping[str, Any]], *, threshold: float = 0.5, limit: int = 3
) -> list[list[Trait]]:
    """The traits of each cluster, most telling first; no two clusters read alike where their features allow it.

    Args:
        profiles: ``CustomerClusters.profiles_``: mappings with ``z``, feature to z-score of the cluster's mean.
        threshold: least absolute z-score that counts as high or low.
        limit: number of traits a cluster; one more at a time is added to clusters that would read alike.

    Returns:
        For each cluster a list of (feature, ``"high"`` or ``"low"``); empty for a cluster that is average.

    Raises:
        ValueError: for a negative ``threshold`` or a ``limit`` below 1.
    """
    if threshold < 0 or limit < 1:
        raise ValueError("threshold must be 0 or more and limit at least 1.")
    traits = [_traits(profile["z"], threshold) for profile in profiles]
    lengths = [min(limit, len(known)) for known in traits]
    while True:
        named = [known[:length] for known, length in zip(traits, lengths, strict=True)]
        longer = [
            length + (length < len(known) and sum(set(name) == set(other) for other in named) > 1)
            for known, name, length in zip(traits, named, lengths, strict=True)
        ]
        if longer == lengths:
            return named
        lengths = longer


def _traits(z: Mapping[str, float], threshold: float) -> list[Trait]:
    strong = [feature for feature, score in z.items() if abs(score) >= threshold]
    strong.sort(key=lambda feature: -abs(z[feature]))
    return [(feature, "high" if z[feature] > 0 else "low") for feature in strong]
