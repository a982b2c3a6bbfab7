"""The settings of the app: one dictionary, ``INSIGHTS``, read into one typed, frozen tree.

Every key has a default. An unknown key or a value of the wrong type fails at start-up
with the nearest valid name, so that a slip of the pen never turns into silence.
"""

from __future__ import annotations

import re
import types
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from insights.exceptions import nearest

DENIED = (
    "*password*", "passwd", "pwd", "pass", "*token", "*secret*", "*api_key*", "apikey", "auth", "authorization", "otp",
    "session", "sessionid", "*card_number*", "cardnumber", "card", "cvc", "cvv", "iban", "*email*", "*e_mail*", "mail",
    "*phone*", "tel", "mobile", "first_name", "firstname", "last_name", "lastname", "full_name", "surname", "street",
    "*address", "birthday", "*birth*", "ssn",
)  # fmt: skip
"""What says who somebody is, or opens a door."""


@dataclass(frozen=True)
class Assistant:
    """The chat assistant."""

    MODEL: str | None = None
    """A LangChain model such as ``"openai:gpt-5"``; ``None`` is the offline bilingual model."""
    NAMES: str | None = None
    """Dotted path of a function that says what the shop's own names are called besides, in another language or in
    short: ``() -> {"category": {"Green tea": ["绿茶"]}, "product": {…}}``."""
    MAX_ROWS: int = 50
    """The most rows that one answer shows."""
    RECURSION_LIMIT: int = 10
    """The most steps that one answer may take."""
    TIMEOUT: int = 60
    """Seconds after which an answer is given up."""
    TRACING: bool = False
    """Whether LangChain may send traces to the tracing service that the host has configured."""


@dataclass(frozen=True)
class Training:
    """The training of models."""

    CHURN_DAYS: int | None = None
    """Days without an order after which a customer counts as gone; ``None`` derives it from the shop's own gaps."""
    PURCHASE_DAYS: int = 30
    """Horizon of the purchase prediction, in days."""
    MIN_CUSTOMERS: int = 200
    """Customers with an order needed before predictions are made."""
    MEMORY: str = "1GB"
    """The most memory that feature queries may take before they spill to disk."""
    THREADS: int | None = None
    """Threads for feature queries; ``None`` takes all cores."""
    SEED: int = 7
    """The seed of everything random."""
    KEEP_VERSIONS: int = 5
    """Model versions kept a slot, the published one included."""
    LEASE_SECONDS: int = 120
    """Seconds without a heartbeat after which a running step is given to another worker."""


@dataclass(frozen=True)
class Collect:
    """The way of events from browsers and pages into the inbox."""

    PATH: str = "e/"
    """Address, below ours, to which pages send their events; a name of the shop's own is blocked by no filter list."""
    SCRIPT_PATH: str = ""
    """Address, below ours, at which the script is served; empty serves it with the static files."""
    ORIGINS: list[str] = field(default_factory=list)
    """Further origins that may send, such as ``"https://checkout.example"``; the shop's own always may."""
    MAX_BYTES: int = 65_536
    """The largest batch that is taken; browsers send no more when a page is left."""
    RATE: int = 120
    """Batches a minute of one visitor."""
    ADDRESS_RATE: int = 1_200
    """Batches a minute of one network (/24, or /48 of IPv6)."""
    MAX_WAITING: int = 100_000
    """Batches that may wait to be read; beyond them senders are asked to come back."""
    KEEP_MINUTES: int = 60
    """How long a batch that was read stays, for the live page."""
    KEEP_ASIDE_DAYS: int = 30
    """How long a batch stays of which events were put aside, so that they can be read again."""
    DENY: list[str] = field(default_factory=lambda: list(DENIED))
    """Names of properties and of parameters in addresses that are thrown away before anything is stored, in any case
    and with ``*`` for any letters; a list of one's own stands in place of these."""
    DATA_CENTRES: list[Path] = field(default_factory=list)
    """Files in which the networks of data centres stand, in any form; a relative one lies in ``BASE_DIR``."""
    PAGES: dict[str, str] = field(default_factory=dict)
    """What the middleware counts beside page views: ``{"shop:product": "view_item sku", "shop:search": "search q"}``."""


@dataclass(frozen=True)
class Retention:
    """For how many days each kind of data is kept, today not counted; ``None`` keeps it for ever."""

    EVENTS: int | None = 760
    """What people did, event by event: 25 months."""
    VISITS: int | None = 760
    """Who made a visit; after that the visit stays as a number."""
    VISITORS: int | None = 395
    """The cookie of a browser, since it was last seen: 13 months."""
    QUARANTINE: int | None = 180
    """Rows that could not be taken over, as they came."""
    CONVERSATIONS: int | None = 365
    """Questions with their answers, since the last question of the conversation."""
    SCORES: int | None = 760
    """The history of what the models said of each customer."""
    RUNS: int | None = 180
    """Records of syncs, imports and trainings; the latest, and what is in use, always stay."""
    ACCESS_LOG: int | None = 365
    """Who saw or took away personal data."""
    CUSTOMERS: int | None = None
    """Customers, since their last order, visit or rating; they are forgotten for good, and their orders stay as sums."""


@dataclass(frozen=True)
class Recommendations:
    """The widgets."""

    LIMIT: int = 8
    """Products in a list where the template names no number."""
    TRENDING_DAYS: int = 14
    """Half-life, in days, of the interest that makes a product trend."""
    MAX_PER_BRAND: int = 3
    """The most products of one brand in a list."""


@dataclass(frozen=True)
class EventWeights:
    """How much each kind of behaviour says about taste, relative to a view."""

    purchase: float = 5.0
    add_to_cart: float = 3.0
    view_item: float = 1.0


@dataclass(frozen=True)
class Identity:
    """Who is the same person."""

    JOIN_CHANNELS: bool = True
    """Whether the same e-mail address in two channels is the same person, where each channel knows it once."""


@dataclass(frozen=True)
class Webhooks:
    """Secrets by which platforms sign what they send; several while one is changed for another."""

    SHOPIFY: list[str] = field(default_factory=list)
    """Of the Shopify app or of its admin's webhooks; empty: no messages are taken."""
    WOOCOMMERCE: list[str] = field(default_factory=list)
    """Of the webhooks in WooCommerce; empty: no messages are taken."""


@dataclass(frozen=True)
class Settings:
    """The whole tree of ``INSIGHTS``."""

    ADAPTERS: list[str] = field(default_factory=list)
    """Dotted paths of the adapter classes that map the host's models."""
    BASE_CURRENCY: str = "EUR"
    """ISO code of the currency in which everything is added up."""
    RATES: dict[str, Decimal] = field(default_factory=dict)
    """What one unit of another currency is worth in the base currency, as text: ``{"USD": "0.92"}``."""
    COUNTRY: str | None = None
    """ISO code of the shop's country, for public holidays in questions and telephone numbers without a country's code."""
    WEEK_START: Literal["monday", "sunday"] = "monday"
    """The first day of a week."""
    DATA_DIR: Path = Path("var/insights")
    """Folder for trained models, snapshots and caches; a relative one lies in ``BASE_DIR``, where the host has it."""
    STORAGE: str | None = None
    """Alias of the Django storage that keeps the trained models; ``None`` keeps them in ``DATA_DIR``."""
    LIVE: bool = True
    """Whether changes of the host's models are taken over as they happen."""
    TRACKING: Literal["full", "cookieless", "none"] = "full"
    """The most that is recorded of a visitor who has given consent."""
    CONSENT: str | None = None
    """Dotted path of a function ``request -> bool | None`` that knows the visitor's choice; ``None`` = not asked yet."""
    CONTACTS: Literal["plain", "hashed"] = "plain"
    """How e-mail addresses and telephone numbers are kept: as they are, or as keyed hashes alone."""
    ASSISTANT: Assistant = field(default_factory=Assistant)
    TRAINING: Training = field(default_factory=Training)
    COLLECT: Collect = field(default_factory=Collect)
    RETENTION: Retention = field(default_factory=Retention)
    RECOMMENDATIONS: Recommendations = field(default_factory=Recommendations)
    EVENT_WEIGHTS: EventWeights = field(default_factory=EventWeights)
    WEBHOOKS: Webhooks = field(default_factory=Webhooks)
    IDENTITY: Identity = field(default_factory=Identity)


def load(raw: dict[str, Any]) -> Settings:
    """Build the tree from a dictionary.

    Raises:
        ImproperlyConfigured: a key is unknown or a value has the wrong type.
    """
    tree = _build(Settings, raw, "INSIGHTS")
    assert isinstance(tree, Settings)
    _check_texts(tree)
    base = Path(getattr(django_settings, "BASE_DIR", ""))
    collect = replace(tree.COLLECT, DATA_CENTRES=[base / path for path in tree.COLLECT.DATA_CENTRES])
    return replace(tree, DATA_DIR=base / tree.DATA_DIR, COLLECT=collect)


def _check_texts(tree: Settings) -> None:
    """Texts of a form of their own."""
    country, memory = tree.COUNTRY, tree.TRAINING.MEMORY
    if not re.fullmatch(r"[A-Z]{3}", tree.BASE_CURRENCY):
        raise ImproperlyConfigured(
            f"INSIGHTS['BASE_CURRENCY'] is {tree.BASE_CURRENCY!r}; give an ISO code of three capitals such as 'EUR'."
        )
    if country is not None and not re.fullmatch(r"[A-Z]{2}", country):
        raise ImproperlyConfigured(
            f"INSIGHTS['COUNTRY'] is {country!r}; give an ISO code of two capitals such as 'FR', or None."
        )
    if not re.fullmatch(r"\d+(\.\d+)? ?[KMGT]i?B", memory):
        raise ImproperlyConfigured(
            f"INSIGHTS['TRAINING']['MEMORY'] is {memory!r}; give a size such as '1GB' or '512MB'."
        )


def _build(cls: type, raw: object, path: str) -> object:
    if not isinstance(raw, dict):
        raise ImproperlyConfigured(f"{path} must be a dictionary, not {type(raw).__name__}.")
    known: dict[str, Field[Any]] = {item.name: item for item in fields(cls)}
    hints = get_type_hints(cls)
    values: dict[str, object] = {}
    for key, value in raw.items():
        if key not in known:
            close = nearest(str(key), known)
            hint = f" Did you mean {close!r}?" if close else f" Known keys: {', '.join(sorted(known))}."
            raise ImproperlyConfigured(f"{path} has no key {key!r}.{hint}")
        values[key] = _convert(hints[key], value, f"{path}[{key!r}]")
    assert all(item.default is not MISSING or item.default_factory is not MISSING for item in known.values())
    return cls(**values)


def _convert(kind: Any, value: Any, path: str) -> object:
    origin = get_origin(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _build(kind, value, path)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        return _convert(next(arg for arg in get_args(kind) if arg is not type(None)), value, path)
    if origin is Literal:
        if value not in get_args(kind):
            raise ImproperlyConfigured(f"{path} is {value!r}; choose one of {', '.join(map(repr, get_args(kind)))}.")
        return value
    if origin is list:
        if isinstance(value, str) or not isinstance(value, (list, tuple)):
            raise ImproperlyConfigured(f"{path} must be a list, not {type(value).__name__}.")
        return [_convert(get_args(kind)[0], item, f"{path}[{index}]") for index, item in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict):
            raise ImproperlyConfigured(f"{path} must be a dictionary, not {type(value).__name__}.")
        return {str(key): _convert(get_args(kind)[1], item, f"{path}[{key!r}]") for key, item in value.items()}
    if kind is Path and isinstance(value, (str, Path)):
        return Path(value)
    if kind is Decimal:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise ImproperlyConfigured(f"{path} is {value!r}; give a number as text, such as '0.92'.") from None
    if kind in (int, float):
        return _number(kind, value, path)
    if not isinstance(value, kind):
        raise ImproperlyConfigured(f"{path} must be {kind.__name__}, not {type(value).__name__} ({value!r}).")
    return value


def _number(kind: type, value: Any, path: str) -> object:
    """A number of at least one, or of at least nothing where nothing means something."""
    known = (int,) if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, known):
        raise ImproperlyConfigured(f"{path} must be {kind.__name__}, not {type(value).__name__} ({value!r}).")
    least = 0 if path.endswith("['SEED']") or "['EVENT_WEIGHTS']" in path else 1
    if not value >= least:
        raise ImproperlyConfigured(f"{path} is {value!r}; give {least} or more.")
    return kind(value)


class LazySettings:
    """Reads ``INSIGHTS`` at first use, and again when a test overrides it."""

    _tree: Settings | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self._tree is None:
            self._tree = load(getattr(django_settings, "INSIGHTS", {}))
        return getattr(self._tree, name)

    def reset(self) -> None:
        """Forget what was read."""
        self._tree = None


settings = LazySettings()


def _reset(*, setting: str, **_: object) -> None:
    if setting == "INSIGHTS":
        settings.reset()


setting_changed.connect(_reset)
