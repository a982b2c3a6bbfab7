"""One of a crowd of browsers: ``python -m tests.insights.collect.crowd SEED BATCHES EVENTS OUT URL…``.

It sends each batch until a server says that it was accepted, whatever happens meanwhile, and writes the ids down.
"""

from __future__ import annotations

import json
import random
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import django

NAMES = ("page_view", "view_item", "add_to_cart", "search", "view_cart")


def main(seed: int, batches: int, events: int, out: Path, urls: list[str]) -> None:
    django.setup()
    from insights.collect.uuid7 import uuid7

    rng = random.Random(seed)
    with out.open("w", encoding="ascii", buffering=1) as written:
        for _ in range(batches):
            now = time.time() * 1000
            made = [
                {
                    "id": str(uuid7()),
                    "name": rng.choice(NAMES),
                    "at": now - rng.randrange(60_000),
                    "params": {"currency": "GBP", "value": 2, "note": f"{rng.random()}"},
                }
                for _ in range(events)
            ]
            # One in each batch is bad, so that quarantine is killed too.
            bad = {"id": str(uuid7()), "name": "hover", "at": now}
            body = {"sent_at": now, "page": f"{urls[0]}/tea/{rng.randrange(50)}/", "events": [*made, bad]}
            tries = _send(json.dumps(body).encode(), urls, rng, f"{seed}-{rng.randrange(40)}")
            written.write(json.dumps({"ids": [event["id"] for event in made], "tries": tries}) + "\n")


def _send(body: bytes, urls: list[str], rng: random.Random, browser: str) -> int:
    """Until it is accepted; gives how often it was sent."""
    for tried in range(1, 10_000):
        request = urllib.request.Request(
            f"{rng.choice(urls)}/insights/e/", data=body, headers={"User-Agent": f"Firefox {browser}"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                if answer.status == 204:
                    return tried
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("never accepted")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), sys.argv[5:])
