"""Rules that rows must pass: pure functions on plain values, a quarantine, and a report of what was done."""

from insights.cleaning.bots import bot_reason, device_of, essence
from insights.cleaning.denied import address_without, allowed, is_denied
from insights.cleaning.orders import Facts, Judgement, Line, in_base, judge
from insights.cleaning.outliers import usual_range
from insights.cleaning.quarantine import BadRow, lying, quarantine, resolve
from insights.cleaning.report import CleaningReport
from insights.cleaning.returns import Matched, Part, Return, Sale, match_returns
from insights.cleaning.rows import Cleaner, Column, Rejected, Row, Ways, divided
from insights.cleaning.rules import BY_KEY, MARKS, RULES, Effect, Rule
from insights.cleaning.values import Unusable, latest_possible, normal_email
from insights.cleaning.visits import mark_stale, redraw_stale, redraw_visits

__all__ = [
    "BY_KEY",
    "MARKS",
    "RULES",
    "BadRow",
    "Cleaner",
    "CleaningReport",
    "Column",
    "Effect",
    "Facts",
    "Judgement",
    "Line",
    "Matched",
    "Part",
    "Rejected",
    "Return",
    "Row",
    "Rule",
    "Sale",
    "Unusable",
    "Ways",
    "address_without",
    "allowed",
    "bot_reason",
    "device_of",
    "divided",
    "essence",
    "in_base",
    "is_denied",
    "judge",
    "latest_possible",
    "lying",
    "mark_stale",
    "match_returns",
    "normal_email",
    "quarantine",
    "redraw_stale",
    "redraw_visits",
    "resolve",
    "usual_range",
]
