"""The pages: each a permission, one call, and what its template needs."""

from collections.abc import Callable
from typing import Any

from insights.panel.pages.access_log import access_log
from insights.panel.pages.ask import answer_csv, ask, conversation, feedback, stream
from insights.panel.pages.bots import apply, bots
from insights.panel.pages.bots import decide as decide_bots
from insights.panel.pages.customer import customer
from insights.panel.pages.customers import customers
from insights.panel.pages.data import data
from insights.panel.pages.duplicates import decide, duplicates, merge_with, undo_merge
from insights.panel.pages.forget import forget_now, last_question, receipt
from insights.panel.pages.live import live as live_page
from insights.panel.pages.live import live_feed, replay
from insights.panel.pages.overview import overview
from insights.panel.pages.privacy import privacy
from insights.panel.pages.quarantine import quarantined, replay_rows
from insights.panel.pages.reconciliation import reconciliation
from insights.panel.pages.segments import segments
from insights.panel.pages.traffic import traffic
from insights.panel.pages.training import cancel, live, publish, rollback, run, start, training

ROUTES: dict[str, list[tuple[str, Callable[..., Any], str]]] = {
    "overview": [("", overview, "overview")],
    "customers": [("", customers, "customers"), ("<path:external_id>/", customer, "customer")],
    "segments": [("", segments, "segments")],
    "traffic": [("", traffic, "traffic")],
    "training": [
        ("", training, "training"),
        ("start/", start, "training_start"),
        ("publish/<int:version>/", publish, "publish"),
        ("rollback/<slug:slot>/", rollback, "rollback"),
        ("<uuid:uid>/", run, "run"),
        ("<uuid:uid>/live/", live, "run_live"),
        ("<uuid:uid>/cancel/", cancel, "run_cancel"),
    ],
    "data": [
        ("", data, "data"),
        ("bots/", bots, "bots"),
        ("bots/decide/", decide_bots, "bots_decide"),
        ("bots/apply/", apply, "bots_apply"),
        ("live/", live_page, "live"),
        ("live/feed/", live_feed, "live_feed"),
        ("replay/", replay, "replay"),
        ("reconciliation/", reconciliation, "reconciliation"),
        ("quarantine/replay/", replay_rows, "replay_rows"),
        ("quarantine/<int:pk>/", quarantined, "quarantined"),
        ("duplicates/", duplicates, "duplicates"),
        ("duplicates/<int:pk>/decide/", decide, "decide_pair"),
        ("duplicates/with/<int:pk>/", merge_with, "merge_with"),
        ("merges/<int:pk>/undo/", undo_merge, "undo_merge"),
    ],
    "privacy": [
        ("", privacy, "privacy"),
        ("access-log/", access_log, "access_log"),
        ("forget/<int:pk>/", last_question, "forget"),
        ("forget/<int:pk>/now/", forget_now, "forget_now"),
        ("receipts/<uuid:uid>/", receipt, "receipt"),
    ],
    "ask": [
        ("", ask, "ask"),
        ("stream/", stream, "ask_stream"),
        ("<uuid:uid>/", conversation, "conversation"),
        ("message/<int:message>/feedback/", feedback, "ask_feedback"),
        ("message/<int:message>/csv/", answer_csv, "ask_csv"),
    ],
}

__all__ = ["ROUTES"]
