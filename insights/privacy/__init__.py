"""The rights of a person: to see what is stored of them, and to be forgotten; what goes with age; and who looked."""

from insights.privacy.audit import COMMAND_LINE, record, shows_people
from insights.privacy.erase import ErasureReceipt, forget
from insights.privacy.export import export_person
from insights.privacy.kinds import KINDS, Kind
from insights.privacy.retention import RUN as RETENTION_RUN
from insights.privacy.retention import KindPlan, RetentionPlan, RetentionReport, apply, plan
from insights.privacy.sizes import table_bytes
from insights.privacy.subjects import TABLES, Subject, find_subject

__all__ = [
    "COMMAND_LINE",
    "KINDS",
    "RETENTION_RUN",
    "TABLES",
    "ErasureReceipt",
    "Kind",
    "KindPlan",
    "RetentionPlan",
    "RetentionReport",
    "Subject",
    "apply",
    "export_person",
    "find_subject",
    "forget",
    "plan",
    "record",
    "shows_people",
    "table_bytes",
]
