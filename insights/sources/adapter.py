"""The declarative mapping of a host's models: one class, with an inner class for each kind of row.

class ShopAdapter(insights.Adapter):
    class Customers:
        model = "auth.User"
        email = "email"
        joined_at = "date_joined"

    class Orders:
        model = "shop.Order"
        id = "number"
        customer = "user"
        placed_at = "created"
        total = "total"
        status = {"cancelled": ["CANCELLED"]}
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest
from django.utils.module_loading import import_string

from insights.conf import settings
from insights.exceptions import AdapterError, UnknownKeyError
from insights.sources.keys import key_of, key_of_user, model_of
from insights.sources.records import KINDS

READING = ("model", "queryset", "filter", "exclude", "updated_at", "prefix", "live", "signals")
"""Options of every inner class: where the rows are, which of them, when they changed, and who tells it at once."""
MEANING: Mapping[str, tuple[str, ...]] = {
    "orders": ("status_field", "guests"),
    "products": ("kind_field",),
    "order_lines": ("kind_field", "identical"),
    "ratings": ("scale",),
    "events": ("names",),
}
"""Options of some: what the shop's words mean."""
STATUS_MEANINGS = ("cancelled", "refunded", "test", "ignore", "counts")
GUESTS = ("by_email", "separate", "leave_out")
IDENTICAL = ("keep", "drop")
LIVE = ("customers", "products", "orders", "order_lines", "refunds", "ratings")
"""Kinds that are taken over at once where the adapter does not say; a log of events is long, and comes with the next
sync."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")


@dataclass(frozen=True)
class Const:
    """A value that is the same in each row: ``currency = Const("EUR")``."""

    value: Any


@dataclass(frozen=True)
class Cents:
    """An amount that the shop keeps in whole cents: ``price = Cents("price_cents")``.

    Attributes:
        path: where it is, as in any other field.
        per_unit: how many make one unit of the currency: 1000 for fils, 1 for yen.
    """

    path: str
    per_unit: int = 100


@dataclass(frozen=True)
class Declaration:
    """What an inner class says, before anything of it is looked up.

    Attributes:
        part: name of the class within the inner class, where a kind is kept in several tables; else empty.
        values: the mapping of fields: path, ``Const``, expression or callable.
        options: everything else.
        strays: names that are neither a field nor an option.
    """

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    part: str = ""

    @property
    def name(self) -> str:
        """Under which the adapter's declarations have it, a sync its cursor, and a hint its rows."""
        return f"{self.kind}:{self.part.lower()}" if self.part else self.kind

    @property
    def prefix(self) -> str:
        """What stands before the table's own keys, so that those of several tables stay apart."""
        said = self.options.get("prefix")
        return str(said) if said is not None else f"{self.part.lower()}:" if self.part else ""

    @property
    def live(self) -> bool:
        """Whether a change of the table is taken over as it happens, with a message for each transaction."""
        return bool(self.options.get("live", self.kind in LIVE))


class Adapter:
    """Maps the host's models to ours. Subclass it, and name the subclass in ``INSIGHTS["ADAPTERS"]``.

    Attributes:
        name: key of the channel that its rows belong to.
        currency: ISO code of rows that map none; by default the base currency.
        database: alias of the database that holds the host's models; by default Django's routers decide.
    """

    name: ClassVar[str] = "shop"
    currency: ClassVar[str] = ""
    database: ClassVar[str | None] = None

    declarations: ClassVar[Mapping[str, Declaration]] = {}
    strays: ClassVar[tuple[str, ...]] = ()
    """Inner classes that are none of ours."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        inner = {name: value for name in dir(cls) if isinstance(value := getattr(cls, name), type) and name[0] != "_"}
        known = {kind.inner: kind.name for kind in KINDS.values()}
        found = {name: _declarations(known[name], inner[name]) for name in inner if name in known}
        cls.declarations = {item.name: item for items in found.values() for item in items}
        cls.strays = tuple(name for name in inner if name not in known)

    @classmethod
    def label(cls) -> str:
        """The dotted path, for messages."""
        return f"{cls.__module__}.{cls.__qualname__}"

    @classmethod
    def has_valid_name(cls) -> bool:
        """Whether the channel's key can be stored and typed."""
        return is_channel(cls.name)

    @classmethod
    def of_kind(cls, kind: str) -> list[Declaration]:
        """What maps rows of a kind: nothing, one table, or several."""
        return [declaration for declaration in cls.declarations.values() if declaration.kind == kind]

    def key_of(self, kind: str, row: Model) -> str | None:
        """Under which key an object of the host's models is known to us; None for an object of another model."""
        keys = (key_of(declaration, row) for declaration in self.of_kind(kind))
        return next((key for key in keys if key is not None), None)

    def models_of(self, kind: str) -> list[type[Model]]:
        """The host's models behind a kind of row; none where none is mapped."""
        return [model for declaration in self.of_kind(kind) if (model := model_of(declaration)) is not None]

    def key_of_user(self, user: Any) -> str | None:
        """The key of the customer that a signed-in user is. Override it where the models do not tell."""
        keys = (key_of_user(declaration, user) for declaration in self.of_kind("customers"))
        return next((key for key in keys if key is not None), None)

    def session_of(self, request: HttpRequest) -> str:
        """The key of the visit in the shop's own log of events, so that ours join it; empty where it has none."""
        return ""

    def basket_of(self, request: HttpRequest) -> Iterable[str]:
        """Keys of the products in the visitor's basket; lists of recommendations leave them out."""
        return ()

    def look_of(self, kind: str, keys: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """What the shop says of rows at this very moment and in the language of the page, before they are shown.

        Override it where stock or prices change faster than the sync, or names are in several languages.

        Args:
            kind: ``products`` or ``categories``.
            keys: of those that are about to be shown.

        Returns:
            Key to those of our fields that are to be shown otherwise: ``name``, and for products ``price``,
            ``was_price``, ``currency``, ``stock``, ``is_active``, ``url``, ``image_url``. A key that is not there is
            shown as the sync found it.
        """
        return {}


def is_channel(name: object) -> bool:
    """Whether a channel's key can be stored and typed."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def get_adapters() -> list[Adapter]:
    """The adapters that the settings name, in their order.

    Raises:
        AdapterError: a path leads nowhere, to no adapter, or two of them share a name.
    """
    found: dict[str, Adapter] = {}
    for path in settings.ADAPTERS:
        adapter = load_adapter(path)
        if adapter.name in found:
            raise AdapterError(
                f"{path} and {found[adapter.name].label()} are both named “{adapter.name}”. "
                "Give one of them another “name”; it is the channel that its rows belong to."
            )
        found[adapter.name] = adapter
    return list(found.values())


def get_adapter(name: str) -> Adapter:
    """The adapter of a channel.

    Raises:
        UnknownKeyError: the settings name none of that name.
    """
    adapters = {adapter.name: adapter for adapter in get_adapters()}
    if name not in adapters:
        raise UnknownKeyError("adapter", name, adapters)
    return adapters[name]


def load_adapter(path: str) -> Adapter:
    """The adapter at a dotted path.

    Raises:
        AdapterError: there is none, or its module cannot be imported.
    """
    try:
        found = import_string(path)
    except Exception as error:  # a host's module may fail in any way while it is imported
        raise AdapterError(
            f"INSIGHTS['ADAPTERS'] names {path!r}, which cannot be imported ({type(error).__name__}: {error}). "
            "Give the dotted path of a class, such as 'shop.adapter.ShopAdapter'."
        ) from error
    if not (isinstance(found, type) and issubclass(found, Adapter) and found is not Adapter):
        raise AdapterError(f"INSIGHTS['ADAPTERS'] names {path!r}, which is no subclass of insights.Adapter.")
    return found()


def _declarations(kind: str, body: type) -> list[Declaration]:
    """What an inner class says: of one table, or of the table of each class within it."""
    said = _said_by(body)
    known = {*KINDS[kind].by_name, *READING, *MEANING.get(kind, ())}
    parts = {name: value for name, value in said.items() if isinstance(value, type) and name not in known}
    own = {name: value for name, value in said.items() if name not in parts and (value is not None or name in known)}
    if not parts:
        return [_declared(kind, own)]
    return [_declared(kind, own | _said_by(part), name) for name, part in parts.items()]


def _said_by(body: type) -> dict[str, Any]:
    said = {name: value for base in reversed(body.__mro__[:-1]) for name, value in vars(base).items()}
    return {
        name: value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        for name, value in said.items()
        if not name.startswith("_")
    }


def _declared(kind: str, said: Mapping[str, Any], part: str = "") -> Declaration:
    fields = KINDS[kind].by_name
    options = {*READING, *MEANING.get(kind, ())}
    meanings = {"status"} if kind == "orders" else {"kind"} if kind in ("order_lines", "products") else set()
    values: dict[str, Any] = {}
    chosen: dict[str, Any] = {}
    for name, value in said.items():
        if name in options:
            chosen[name] = value
        elif name in meanings and (isinstance(value, dict) or value is None):
            chosen[name] = value or {}
        elif name in fields:
            values[name] = value
    for name in meanings:
        if name in chosen or f"{name}_field" in chosen:
            values[name] = chosen.get(f"{name}_field") or _default_field(kind, name, values)
    if values.get("id") is None:
        values["id"] = "pk"
    strays = tuple(name for name in said if name not in options and name not in fields)
    return Declaration(kind, values, chosen, strays, part)


def _default_field(kind: str, name: str, values: Mapping[str, Any]) -> Any:
    """Where the shop's word is looked for when the adapter does not say: a line's kind shows in its product's key."""
    if name == "status":
        return "status"
    return values.get("product" if kind == "order_lines" else "id", "pk")
