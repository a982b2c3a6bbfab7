"""The rights of a person: to see what is stored of them, and to be forgotten."""

from insights.privacy.archive import as_json, write_archive
from insights.privacy.erase import ErasureReceipt, finish_pending, forget
from insights.privacy.export import export_person
from insights.privacy.receipts import find_receipt
from insights.privacy.subjects import Subject, find_subject, stranger
from insights.privacy.tables import TABLES

__all__ = [
    "TABLES",
    "ErasureReceipt",
    "Subject",
    "as_json",
    "export_person",
    "find_receipt",
    "find_subject",
    "finish_pending",
    "forget",
    "stranger",
    "write_archive",
]
