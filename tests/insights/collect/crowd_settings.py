"""The demo shop's settings for a crowd that sends more than one visitor would."""

from __future__ import annotations

from shop_demo.settings import *  # noqa: F403
from shop_demo.settings import INSIGHTS as _DEMO

INSIGHTS = {**_DEMO, "COLLECT": {"RATE": 10**9, "ADDRESS_RATE": 10**9}}
