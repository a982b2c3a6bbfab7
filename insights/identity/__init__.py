"""Who is the same person: how people are written, what joins them, and how that is undone."""

from insights.identity.channels import join_channels
from insights.identity.derived import first_orders
from insights.identity.duplicates import DuplicatesReport, find_duplicates
from insights.identity.forest import OWNED
from insights.identity.keys import email_match_key, name_key, phone_key
from insights.identity.later import follow
from insights.identity.merge import merge, merge_many
from insights.identity.parting import part_from, unmerge
from insights.identity.review import keep, reject, reopen
from insights.identity.verdicts import pair_of, parted

__all__ = [
    "OWNED",
    "DuplicatesReport",
    "email_match_key",
    "find_duplicates",
    "first_orders",
    "follow",
    "join_channels",
    "keep",
    "merge",
    "merge_many",
    "name_key",
    "pair_of",
    "part_from",
    "parted",
    "phone_key",
    "reject",
    "reopen",
    "unmerge",
]
