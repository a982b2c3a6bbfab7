"""The cleaning rules by name: what each looks for, and what becomes of the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Effect = Literal["quarantined", "left_out", "not_counted", "flagged", "mended"]
"""What a rule does to a row.

``quarantined``: kept aside with its reason, and tried again at each sync. ``left_out``: not taken over.
``not_counted``: taken over and marked, and no figure includes it. ``flagged``: taken over, marked, and counted.
``mended``: taken over with the value put right.
"""


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        kinds: the kinds of row it looks at; empty for all.
        across: whether it compares rows with each other, and so runs after loading.
    """

    key: str
    label: str | _StrPromise
    description: str | _StrPromise
    effect: Effect
    kinds: tuple[str, ...] = ()
    across: bool = False


_MONEY = ("products", "orders", "order_lines", "refunds", "events")
_PEOPLE = ("customers", "orders")

RULES: tuple[Rule, ...] = (
    Rule("missing_id", _("No key"), _("The row has no key of its own."), "quarantined"),
    Rule("missing_value", _("Missing value"), _("A value that the row cannot do without is empty."), "quarantined"),
    Rule(
        "unreadable_row",
        _("Row that cannot be read"),
        _("A row of a file has more cells than the header, or is no JSON object."),
        "quarantined",
    ),
    Rule(
        "unreadable_number",
        _("Not a number"),
        _("A number cannot be read, or is not finite. Where the value may be missing, it is left empty instead."),
        "quarantined",
    ),
    Rule(
        "out_of_range",
        _("Number too large"),
        _("An amount or quantity is beyond a million millions. Where the value may be missing, it is left empty."),
        "quarantined",
    ),
    Rule(
        "unreadable_date",
        _("Not a date"),
        _("A date cannot be read. Where the value may be missing, it is left empty instead."),
        "quarantined",
    ),
    Rule(
        "impossible_date",
        _("Impossible date"),
        _("Before 1990, or more than a day in the future. Where the value may be missing, it is left empty."),
        "quarantined",
    ),
    Rule(
        "failed_function",
        _("Function that failed"),
        _("A function, property or method of the shop failed for the row. Where the value may be missing, it is left empty."),
        "quarantined",
    ),
    Rule("blanked_value", _("Value left empty"), _("A value was of no use, and the row can do without it."), "flagged"),
    Rule(
        "whitespace",
        _("Stray characters"),
        _("Spaces around or doubled within a text, and control characters, are taken out."),
        "mended",
    ),
    Rule("too_long", _("Text too long"), _("A text is cut to the length of its column."), "mended"),
    Rule(
        "email_case",
        _("E-mail address written differently"),
        _("An e-mail address is trimmed and put into lower case."),
        "mended",
        _PEOPLE,
    ),
    Rule("email_invalid", _("No e-mail address"), _("What stands for an e-mail address is none."), "flagged", _PEOPLE),
    Rule(
        "country_case",
        _("Country written differently"),
        _("Country codes are put into capitals, names written in one case into title case."),
        "mended",
        _PEOPLE,
    ),
    Rule(
        "missing_currency",
        _("No currency"),
        _("The row names no currency. It is kept as XXX and has no value in the base currency."),
        "flagged",
        ("orders", "products"),
    ),
    Rule(
        "unknown_currency",
        _("Unknown currency"),
        _("The code is not one of ISO 4217. It is kept as XXX and has no value in the base currency."),
        "flagged",
        ("orders", "products"),
    ),
    Rule(
        "no_rate",
        _("No exchange rate"),
        _("INSIGHTS['RATES'] has no rate for the order's currency, so the order is kept but counts nowhere."),
        "not_counted",
        ("orders",),
        across=True,
    ),
    Rule(
        "price_missing",
        _("No price"),
        _("A line has neither a price nor an amount."),
        "quarantined",
        ("order_lines",),
    ),
    Rule(
        "price_not_positive",
        _("Price not above zero"),
        _("A product line was sold for nothing or less; such lines are corrections of the stock."),
        "not_counted",
        ("order_lines",),
    ),
    Rule("quantity_zero", _("Quantity of zero"), _("A line of nothing."), "not_counted", ("order_lines",)),
    Rule(
        "not_a_product",
        _("Not a product"),
        _("A line for postage, a fee or a discount, by the adapter's kinds. Fees are no revenue."),
        "not_counted",
        ("order_lines", "products"),
    ),
    Rule(
        "duplicate_line",
        _("Line given twice"),
        _("All values equal those of an earlier line of the order, and the adapter says that such lines are errors."),
        "not_counted",
        ("order_lines",),
        across=True,
    ),
    Rule(
        "return_without_sale",
        _("Return without a sale"),
        _("A negative line for which the customer has bought too little of the product before; it moves no money."),
        "quarantined",
        ("order_lines",),
        across=True,
    ),
    Rule(
        "quantity_outlier",
        _("Unusual quantity"),
        _("More than 20 times the product's median, or under a 20th, and over 6 robust deviations from it."),
        "flagged",
        ("order_lines",),
        across=True,
    ),
    Rule(
        "price_outlier",
        _("Unusual price"),
        _("More than 20 times the product's median price, or under a 20th, and over 6 robust deviations from it."),
        "flagged",
        ("order_lines",),
        across=True,
    ),
    Rule("orphan", _("Parent missing"), _("The row belongs to an order or product that is not there."), "quarantined"),
    Rule(
        "unknown_product",
        _("Product not there"),
        _("The line names a product that is not there; its name and price are kept, and it counts."),
        "flagged",
        ("order_lines",),
    ),
    Rule(
        "unknown_customer",
        _("Customer not there"),
        _("The row names a customer that is not there; it counts, but for nobody."),
        "flagged",
        ("orders", "ratings"),
    ),
    Rule(
        "total_from_lines",
        _("Total from the lines"),
        _("The order has no total of its own: it is the sum of its lines for products, postage and discounts."),
        "flagged",
        ("orders",),
    ),
    Rule(
        "total_mismatch",
        _("Total differs from the lines"),
        _("The shop's total is neither the sum of the lines nor that with shipping, discount or tax. It is believed."),
        "flagged",
        ("orders",),
        across=True,
    ),
    Rule(
        "impossible_total",
        _("Total below zero"),
        _("The order sells something and its total is negative."),
        "not_counted",
        ("orders",),
        across=True,
    ),
    Rule("test", _("Test"), _("A test order, or the order of a test account."), "not_counted", _PEOPLE, across=True),
    Rule("staff", _("Staff"), _("The order of somebody of the staff."), "not_counted", _PEOPLE, across=True),
    Rule(
        "marked_refunded",
        _("Marked as refunded"),
        _("The order's status says that all of it was given back."),
        "flagged",
        ("orders",),
    ),
    Rule("cancelled", _("Cancelled"), _("A cancelled order."), "not_counted", ("orders",), across=True),
    Rule(
        "refunded",
        _("Fully refunded"),
        _("Refunds reach the total, or the status says so. The order counts no longer, and neither do its refunds."),
        "not_counted",
        ("orders",),
        across=True,
    ),
    Rule(
        "empty",
        _("Nothing sold"),
        _("No line of the order sells a product, as in a credit note; or it has no lines and no total."),
        "not_counted",
        ("orders",),
        across=True,
    ),
    Rule("ignored", _("Ignored status"), _("The adapter says to leave orders of this status out."), "left_out", ("orders",)),
    Rule(
        "of_left_out",
        _("Of something left out"),
        _("The order, or the product of a rating, is in the shop, and the adapter leaves it out."),
        "left_out",
        ("order_lines", "refunds", "ratings"),
    ),
    Rule("forgotten", _("Forgotten person"), _("The person asked to be forgotten."), "left_out", ("customers", "orders")),
    Rule(
        "repeated_key",
        _("Key given twice"),
        _("Another row of the same chunk has the key, and the last one is taken; or another row has it without the spaces around it, and that one is taken."),
        "left_out",
    ),
    Rule(
        "duplicate_event",
        _("Event given twice"),
        _("The same actor did the same thing in the same second under another key."),
        "not_counted",
        ("events",),
    ),
    Rule(
        "expired",
        _("Event too old to be kept"),
        _("Events of its day have been let go of, as INSIGHTS['RETENTION'] says."),
        "left_out",
        ("events",),
    ),
    Rule("bot", _("Machine"), _("The user agent is that of a crawler, a script or a monitor."), "not_counted", ("events",)),
    Rule(
        "unknown_event",
        _("Event without a name of ours"),
        _("The name is none of GA4's and the adapter gives no translation; no metric counts it."),
        "flagged",
        ("events",),
    ),
    Rule(
        "unreadable_batch",
        _("Batch that cannot be read"),
        _("What a page sent is no JSON with a list of events."),
        "quarantined",
        ("events",),
    ),
    Rule(
        "event_shape",
        _("Not an event"),
        _("An event or its items have another form than GA4's."),
        "quarantined",
        ("events",),
    ),
    Rule("event_id", _("Event without an id"), _("The id is no UUID of version 7."), "quarantined", ("events",)),
    Rule("event_name", _("Unknown event"), _("A page sent an event that GA4 has not for shops."), "quarantined", ("events",)),
    Rule(
        "unsigned_list",
        _("List without a signature"),
        _("A page tells of a list that none of our widgets showed."),
        "quarantined",
        ("events",),
    ),
    Rule(
        "lost_batch",
        _("Batch that could not be finished"),
        _("Reading the batch failed for a reason of its own, or its worker was lost five times."),
        "quarantined",
        ("events",),
    ),
    Rule(
        "out_of_scale",
        _("Rating out of scale"),
        _("The value lies outside the adapter's scale."),
        "quarantined",
        ("ratings",),
    ),
)  # fmt: skip

BY_KEY = {rule.key: rule for rule in RULES}
MARKS = frozenset(rule.key for rule in RULES if rule.effect in ("flagged", "not_counted"))
"""Keys that stay on the row, in its ``flags``."""
