"""How good ranked lists are, judged by what the users took to later.

``recommended`` is always (n_users, k) item indices, best first, filled up with -1; ``relevant`` a sparse matrix of
n_users × n_items whose entries mark the items that were right. Users without a relevant item say nothing about a
list and are left out of every mean; without any such user the mean is NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, csr_matrix

from ..validation import FloatArray, IntArray

Relevant = csr_array | csr_matrix


def ndcg_at_k(recommended: ArrayLike, relevant: Relevant, k: int) -> float:
    """Normalised discounted cumulative gain (Järvelin & Kekäläinen, TOIS 2002) with gains of 0 and 1, 0–1.

    Raises:
        ValueError: as in :func:`ranking_table`.
    """
    return _mean(ranking_table(recommended, relevant, k)["ndcg"])


def recall_at_k(recommended: ArrayLike, relevant: Relevant, k: int) -> float:
    """Mean share of a user's relevant items that are among the first ``k``.

    Raises:
        ValueError: as in :func:`ranking_table`.
    """
    return _mean(ranking_table(recommended, relevant, k)["recall"])


def precision_at_k(recommended: ArrayLike, relevant: Relevant, k: int) -> float:
    """Mean share of the first ``k`` places that hold a relevant item.

    Raises:
        ValueError: as in :func:`ranking_table`.
    """
    return _mean(ranking_table(recommended, relevant, k)["precision"])


def mean_average_precision(recommended: ArrayLike, relevant: Relevant, k: int) -> float:
    """Precision at the place of each hit, summed and divided by the most hits possible, ``min(k, relevant)``.

    Raises:
        ValueError: as in :func:`ranking_table`.
    """
    return _mean(ranking_table(recommended, relevant, k)["map"])


def mrr(recommended: ArrayLike, relevant: Relevant, k: int) -> float:
    """Mean of 1 / place of the first hit, 0 without one.

    Raises:
        ValueError: as in :func:`ranking_table`.
    """
    return _mean(ranking_table(recommended, relevant, k)["mrr"])


def hit_rate(recommended: ArrayLike, relevant: Relevant, k: int) -> float:
    """Share of users with at least one hit.

    Raises:
        ValueError: as in :func:`ranking_table`.
    """
    return _mean(ranking_table(recommended, relevant, k)["hit_rate"])


def coverage(recommended: ArrayLike, n_items: int) -> float:
    """Share of the ``n_items`` that are recommended to anybody.

    Raises:
        ValueError: for a ``recommended`` that is not two-dimensional, or no items.
    """
    if n_items < 1:
        raise ValueError(f"n_items must be at least 1, not {n_items}.")
    shown = _check_recommended(recommended)
    return len(np.unique(shown[shown >= 0])) / n_items


def novelty(recommended: ArrayLike, popularity: ArrayLike, n_users: int) -> float:
    """Mean of ``-log2(users of the item / all users)`` over all places: how little known the items are, in bits.

    Zhou et al., "Solving the apparent diversity-accuracy dilemma of recommender systems" (PNAS 2010). An item
    without users counts as one with one.

    Args:
        recommended: (n, k) item indices.
        popularity: (n_items,) users of each item.
        n_users: users that popularity was counted on.

    Raises:
        ValueError: for a ``recommended`` that is not two-dimensional, or no users.
    """
    if n_users < 1:
        raise ValueError(f"n_users must be at least 1, not {n_users}.")
    shown = _check_recommended(recommended)
    known = np.maximum(np.asarray(popularity, dtype=np.float64)[shown[shown >= 0]], 1)
    return _mean(-np.log2(known / n_users))


def ranking_table(recommended: ArrayLike, relevant: Relevant, k: int) -> dict[str, FloatArray]:
    """``ndcg``, ``recall``, ``precision``, ``map``, ``mrr`` and ``hit_rate`` of each user, to compare lists in pairs.

    Args:
        recommended: (n_users, at least k) item indices, best first; -1 fills up.
        relevant: (n_users, n_items), CSR.
        k: places that count, 1 or more.

    Returns:
        An (n_users,) array a measure, NaN for users without a relevant item.

    Raises:
        ValueError: for unequal numbers of users, lists shorter than ``k``, an item twice in a list, or a ``k`` below 1.
    """
    shown = _check_recommended(recommended)
    if k < 1 or shown.shape[1] < k:
        raise ValueError(f"k is {k}: it must lie between 1 and the length of the lists, {shown.shape[1]}.")
    if shown.shape[0] != relevant.shape[0]:
        raise ValueError(f"recommended has {shown.shape[0]} users and relevant has {relevant.shape[0]}.")
    shown = shown[:, :k]
    ordered = np.sort(shown, axis=1)
    if ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any():
        raise ValueError("recommended holds an item twice in one list.")
    hits, wanted = _hits(shown, relevant)
    found = hits.sum(axis=1)
    places = np.arange(1, k + 1)
    gains = 1 / np.log2(places + 1)
    most = np.minimum(wanted, k)
    judged = wanted > 0
    first = np.where(found > 0, hits.argmax(axis=1) + 1.0, np.inf)
    measures = {
        "ndcg": hits @ gains / np.concatenate([[1.0], np.cumsum(gains)])[most],
        "recall": found / np.maximum(wanted, 1),
        "precision": found / k,
        "map": (hits * hits.cumsum(axis=1) / places).sum(axis=1) / np.maximum(most, 1),
        "mrr": 1 / first,
        "hit_rate": (found > 0).astype(np.float64),
    }
    return {name: np.where(judged, values, np.nan) for name, values in measures.items()}


def evaluate_ranking(
    recommended: ArrayLike, relevant: Relevant, k: int, popularity: ArrayLike | None = None, n_users: int | None = None
) -> dict[str, float]:
    """All measures at once.

    Args:
        recommended: (n_users, at least k) item indices, best first; -1 fills up.
        relevant: (n_users, n_items), CSR.
        k: places that count.
        popularity: (n_items,) users of each item in training; with ``n_users`` it adds ``novelty``.
        n_users: users in training.

    Returns:
        The means of :func:`ranking_table`, ``coverage``, ``users`` (those judged) and, where asked, ``novelty``.

    Raises:
        ValueError: as in :func:`ranking_table`.
    """
    table = ranking_table(recommended, relevant, k)
    shown = _check_recommended(recommended)[:, :k]
    measured = {name: _mean(values) for name, values in table.items()}
    measured["coverage"] = coverage(shown, relevant.shape[1])
    measured["users"] = float(np.count_nonzero(~np.isnan(table["ndcg"])))
    if popularity is not None and n_users is not None:
        measured["novelty"] = novelty(shown, popularity, n_users)
    return measured


def _hits(shown: IntArray, relevant: Relevant) -> tuple[NDArray[np.bool_], IntArray]:
    marked: Any = csr_array(relevant, copy=True)
    marked.sum_duplicates()
    marked.eliminate_zeros()
    n_items = marked.shape[1]
    if shown.size and shown.max() >= n_items:
        raise ValueError(f"recommended holds item {shown.max()}, relevant has only {n_items} items.")
    users = np.arange(len(shown))
    wanted = np.diff(marked.indptr).astype(np.int64)
    right = np.repeat(users, wanted) * n_items + marked.indices
    asked = users[:, None] * n_items + shown
    return np.isin(asked, right) & (shown >= 0), wanted


def _check_recommended(recommended: ArrayLike) -> IntArray:
    shown = np.asarray(recommended, dtype=np.int64)
    if shown.ndim != 2:
        raise ValueError(f"recommended must have two dimensions (users, places), not shape {shown.shape}.")
    return shown


def _mean(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
