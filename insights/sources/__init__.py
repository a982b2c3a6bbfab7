"""What comes in: the declarative adapter, and the ways from the host's tables and from files to ours."""

from insights.sources.access_formats import FORMATS as ACCESS_LOG_FORMATS
from insights.sources.access_logs import CHANNEL as ACCESS_LOG_CHANNEL
from insights.sources.access_logs import LogOptions, LogReport, follow_log, import_log
from insights.sources.adapter import (
    Adapter,
    Cents,
    Const,
    Declaration,
    get_adapter,
    get_adapters,
    load_adapter,
)
from insights.sources.differences import REASONS, UNKNOWN, Day, Difference, Reason, Sums
from insights.sources.draft import Draft, draft_adapter
from insights.sources.draft_words import meaning_of
from insights.sources.exports import MAPPINGS as EXPORT_MAPPINGS
from insights.sources.exports import (
    SENDERS,
    ExportReport,
    forget_messages,
    import_export,
    is_signed,
    take_message,
)
from insights.sources.expressions import First, ParentByPath, Total
from insights.sources.files import CHANNEL as FILES_CHANNEL
from insights.sources.files import ImportReport, import_file
from insights.sources.files_read import FORMATS
from insights.sources.forgotten import MARK as FORGOTTEN
from insights.sources.load import Loader
from insights.sources.manner import Manner
from insights.sources.mapped import Mapped
from insights.sources.mend import CUT, Replayed, mend, replay
from insights.sources.option_checks import Problem
from insights.sources.reconcile import Span, how_many, reconcile
from insights.sources.records import KINDS, Field, Kind
from insights.sources.report import KindReport, SyncReport
from insights.sources.resolve import mapped, problems
from insights.sources.sync import sync, sync_rows
from insights.sources.together import settle_together
from insights.sources.words import status_words

__all__ = [
    "ACCESS_LOG_CHANNEL",
    "ACCESS_LOG_FORMATS",
    "CUT",
    "EXPORT_MAPPINGS",
    "FILES_CHANNEL",
    "FORGOTTEN",
    "FORMATS",
    "KINDS",
    "REASONS",
    "SENDERS",
    "UNKNOWN",
    "Adapter",
    "Cents",
    "Const",
    "Day",
    "Declaration",
    "Difference",
    "Draft",
    "ExportReport",
    "Field",
    "First",
    "ImportReport",
    "Kind",
    "KindReport",
    "Loader",
    "LogOptions",
    "LogReport",
    "Manner",
    "Mapped",
    "ParentByPath",
    "Problem",
    "Reason",
    "Replayed",
    "Span",
    "Sums",
    "SyncReport",
    "Total",
    "draft_adapter",
    "follow_log",
    "forget_messages",
    "get_adapter",
    "get_adapters",
    "how_many",
    "import_export",
    "import_file",
    "import_log",
    "is_signed",
    "load_adapter",
    "mapped",
    "meaning_of",
    "mend",
    "problems",
    "reconcile",
    "replay",
    "settle_together",
    "status_words",
    "sync",
    "sync_rows",
    "take_message",
]
