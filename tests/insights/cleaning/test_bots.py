from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import bot_reason, device_of, essence


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "crawler"),
        ("Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "ai_crawler"),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0)", "crawler"),
        ("facebookexternalhit/1.1", "preview"),
        ("Mozilla/5.0+(compatible; UptimeRobot/2.0)", "monitor"),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0", "headless"),
        ("python-requests/2.32", "script"),
        ("curl/8.5.0", "script"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36", ""),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1", ""),
        ("Mozilla/5.0 (Linux; Android 10; CUBOT X30) Mobile Safari/537.36", ""),
        ("", ""),
    ],
)
def test_bot_reason__tells_machines_from_people(agent: str, reason: str) -> None:
    assert bot_reason(agent) == reason


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148", "tablet"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X710) Safari/537.36", "tablet"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile Safari/537.36", "mobile"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", "desktop"),
        ("", ""),
    ],
)
def test_device_of__tells_the_device(agent: str, device: str) -> None:
    assert device_of(agent) == device


PARTS = st.sampled_from(
    ["Mozilla/5.0", "GPTBot/1.2", "bingbot/2.0", "CUBOT X30", "curl/8", "python-requests", "HeadlessChrome", "iPad",
     "Android 10", "Mobile Safari", "Windows NT", "WhatsApp", "YandexSearch", "Slurp", "Java/17", "Firefox/140.0"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=5).map("; ".join)))
def test_essence__judges_the_same_and_tells_no_browser(agent: str) -> None:
    kept = essence(agent)
    assert (bot_reason(kept), device_of(kept)) == (bot_reason(agent), device_of(agent))
    assert essence(kept) == kept
    assert not {"mozilla", "firefox", "windows", "cubot"} & set(kept.casefold().replace("/", " ").split())
