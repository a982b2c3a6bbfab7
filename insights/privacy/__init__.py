"""The rights of a person: to see what is stored of them, and to be forgotten."""

from insights.privacy.erase import ErasureReceipt, forget
from insights.privacy.export import export_person
from insights.privacy.subjects import TABLES, Subject, find_subject

__all__ = ["TABLES", "ErasureReceipt", "Subject", "export_person", "find_subject", "forget"]
