"""Ready mappings for the exports and messages of other platforms."""

from insights.sources.exports.files import MAPPINGS, ExportReport, import_export
from insights.sources.exports.intake import Intake
from insights.sources.exports.mapping import Out, Platform, ReadyMapping, Said
from insights.sources.exports.messages import SENDERS, Sender, forget_messages, is_signed, sign, take_message

__all__ = [
    "MAPPINGS",
    "SENDERS",
    "ExportReport",
    "Intake",
    "Out",
    "Platform",
    "ReadyMapping",
    "Said",
    "Sender",
    "forget_messages",
    "import_export",
    "is_signed",
    "sign",
    "take_message",
]
