"""Rules that rows must pass: pure functions on plain values, a quarantine, and a report of what was done."""

from insights.cleaning.behaviour import PAGES_A_MINUTE, PAGES_AN_HOUR
from insights.cleaning.bots import REASONS, Reason, bot_reason, device_of, essence, hinted_reason
from insights.cleaning.data_centres import from_data_centre
from insights.cleaning.denied import address_without, allowed, is_denied
from insights.cleaning.orders import Facts, Judgement, Line, in_base, judge
from insights.cleaning.outliers import usual_range
from insights.cleaning.quarantine import BadRow, lying, quarantine, resolve
from insights.cleaning.report import CleaningReport
from insights.cleaning.returns import Matched, Part, Return, Sale, match_returns
from insights.cleaning.rows import Cleaner, Column, Rejected, Row, Ways, divided
from insights.cleaning.rules import BY_KEY, MARKS, RULES, Effect, Rule
from insights.cleaning.touches import FIRST_TOUCH_DAYS, LAST_TOUCH_DAYS, settle_touches
from insights.cleaning.traffic import Origin, campaign_of, origin_of
from insights.cleaning.values import Unusable, latest_possible, normal_email
from insights.cleaning.verdicts import MARKED, Verdicts, verdicts
from insights.cleaning.visits import Drawn, mark_stale, redraw_stale, redraw_visits
from insights.cleaning.why import Why, say_why

__all__ = [
    "BY_KEY",
    "FIRST_TOUCH_DAYS",
    "LAST_TOUCH_DAYS",
    "MARKED",
    "MARKS",
    "PAGES_AN_HOUR",
    "PAGES_A_MINUTE",
    "REASONS",
    "RULES",
    "BadRow",
    "Cleaner",
    "CleaningReport",
    "Column",
    "Drawn",
    "Effect",
    "Facts",
    "Judgement",
    "Line",
    "Matched",
    "Origin",
    "Part",
    "Reason",
    "Rejected",
    "Return",
    "Row",
    "Rule",
    "Sale",
    "Unusable",
    "Verdicts",
    "Ways",
    "Why",
    "address_without",
    "allowed",
    "bot_reason",
    "campaign_of",
    "device_of",
    "divided",
    "essence",
    "from_data_centre",
    "hinted_reason",
    "in_base",
    "is_denied",
    "judge",
    "latest_possible",
    "lying",
    "mark_stale",
    "match_returns",
    "normal_email",
    "origin_of",
    "quarantine",
    "redraw_stale",
    "redraw_visits",
    "resolve",
    "say_why",
    "settle_touches",
    "usual_range",
    "verdicts",
]
