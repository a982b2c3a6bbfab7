"""The models of a simulated shop against the truth behind it: ``python -m benchmarks.truth``.

Needs a demo that was simulated, synced and trained (``make demo ARGS="--no-serve"``).
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np


def main() -> None:
    """Print what the published models know of the truth, and what the simple rules do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_demo.settings")
    import django

    django.setup()
    from django.conf import settings

    from insights.models import Customer, CustomerState
    from shop_demo.simulator import Truth

    truth = Truth.load(settings.VAR / "simulator")
    person = {str(user): place for place, user in enumerate(truth.users) if user}
    states = [
        (person[state.customer.external_id], state)
        for state in CustomerState.objects.current().select_related("customer")
        if state.customer.external_id in person
    ]
    print(f"{len(states):,} customers with an account and a state; seed {truth.facts['seed']}\n")
    _churn(truth, states)
    _segments(truth, states)
    _taste(truth, {place: Customer.objects.get(pk=state.customer_id) for place, state in states})


def _churn(truth: Any, states: list[tuple[int, Any]]) -> None:
    """Who buys nothing in the 90 days after, and who has left for good."""
    from sklearn.metrics import roc_auc_score

    horizon = 90
    bought = set(truth.future[truth.future[:, 2] < horizon][:, 0].tolist())
    scored = [(place, state) for place, state in states if state.churn_probability is not None]
    silent = np.array([place not in bought for place, _ in scored])
    gone = np.array([truth.leaves[place] <= truth.facts["days"] for place, _ in scored])
    chance = np.array([state.churn_probability for _, state in scored])
    recency = np.array([state.recency_days for _, state in scored])
    print("churn AUC                         model   recency rule")
    for name, happened in ((f"no order within {horizon} days", silent), ("has left for good", gone)):
        print(f"  {name:30}  {roc_auc_score(happened, chance):.3f}   {roc_auc_score(happened, recency):.3f}")


def _segments(truth: Any, states: list[tuple[int, Any]]) -> None:
    """How much of the true types the groups recover (adjusted mutual information)."""
    from sklearn.metrics import adjusted_mutual_info_score as information

    kinds = [truth.kind[place] for place, _ in states]
    spend = np.array([float(state.monetary or 0) for _, state in states])
    fifths = np.searchsorted(np.quantile(spend, [0.2, 0.4, 0.6, 0.8]), spend)
    print("\nsegments: adjusted mutual information with the true types")
    print(f"  RFM segments   {information(kinds, [state.segment for _, state in states]):.3f}")
    print(f"  clusters       {information(kinds, [state.cluster for _, state in states]):.3f}")
    print(f"  fifths by spend, the simple rule  {information(kinds, fifths.tolist()):.3f}")


def _taste(truth: Any, customers: dict[int, Any]) -> None:
    """NDCG@10 of what was bought for the first time in the 90 days after, of up to 500 customers."""
    from insights.models import OrderLine, Product
    from insights.serving import recommend

    later: dict[int, set[int]] = {}
    for place, good, _ in truth.future.tolist():
        later.setdefault(place, set()).add(good)
    number = {sku: place for place, sku in enumerate(truth.skus.tolist())}
    popular = [number[sku] for sku in _best(Product, OrderLine) if sku in number]
    ours, rule = [], []
    for place in sorted(set(later) & set(customers))[:500]:
        mine = OrderLine.objects.filter(order__customer=customers[place], counts=True, product__isnull=False)
        owned = {number.get(sku, -1) for sku in mine.values_list("product__external_id", flat=True)}
        wanted = later[place] - owned
        if not wanted:
            continue
        shown = [number[item.product.external_id] for item in recommend(customer=customers[place], limit=10).items]
        ours.append(_ndcg(shown, wanted))
        rule.append(_ndcg([good for good in popular if good not in owned][:10], wanted))
    print(f"\nNDCG@10 of new products bought in the 90 days after, {len(ours)} customers")
    print(
        f"  for_you {np.mean(ours):.3f}   best sellers {np.mean(rule):.3f}   ratio {np.mean(ours) / np.mean(rule):.2f}"
    )


def _best(product: Any, line: Any) -> list[str]:
    from django.db.models import Count

    sold = (
        line.objects.filter(counts=True)
        .values("product__external_id")
        .annotate(people=Count("order__customer", distinct=True))
    )
    return [row["product__external_id"] for row in sold.order_by("-people")]


def _ndcg(shown: list[int], wanted: set[int]) -> float:
    gains = 1 / np.log2(np.arange(2, 12))
    best = gains[: min(len(wanted), 10)].sum()
    return float(sum(gain for gain, good in zip(gains, shown, strict=False) if good in wanted) / best)


if __name__ == "__main__":
    main()
