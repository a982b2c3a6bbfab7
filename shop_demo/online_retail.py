"""The books of UCI *Online Retail* and *Online Retail II*, taken into the shop's own tables as they are.

Nothing is cleaned here: negative quantities, prices of zero, odd stock codes and repeated lines are what real books
look like, and what ``insights`` has rules for.
"""

from __future__ import annotations

import csv
import gzip
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from django.utils.text import slugify

from shop_demo.bulk import insert_rows
from shop_demo.models import BasketItem, Category, Event, Order, OrderLine, Product, Profile, Refund, Review, Status

CHANNEL = "online_retail"
"""What ``Order.channel`` says of these orders."""
ZONE = ZoneInfo("Europe/London")
"""The clock of the books."""
_BATCH = 10_000
_REMEMBERED = 1 << 16
_LONGEST_NUMBER, _LONGEST_CODE = 32, 64
_COLUMNS = {
    "invoice": ("Invoice", "InvoiceNo"),
    "code": ("StockCode",),
    "name": ("Description",),
    "quantity": ("Quantity",),
    "placed_at": ("InvoiceDate",),
    "price": ("Price", "UnitPrice"),
    "customer": ("Customer ID", "CustomerID"),
    "country": ("Country",),
}
_WHEN = list(_COLUMNS).index("placed_at")
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M")
_EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - the books say no zone
_LARGEST = 2_147_483_647

Row = tuple[Any, ...]
Progress = Callable[[int], None]


class BooksError(Exception):
    """The file cannot be read as books of Online Retail; the message says what to do."""


@dataclass(frozen=True)
class Report:
    """What was taken over."""

    lines: int
    orders: int
    customers: int
    products: int
    skipped: dict[str, int] = field(default_factory=dict)
    """Lines that the shop's tables cannot hold, by reason."""
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self) | {"seconds": round(self.seconds, 3)}


class _Line(NamedTuple):
    """A line of the books that the shop's tables can hold."""

    invoice: str
    code: str
    name: str
    quantity: int
    price: Decimal
    placed_at: datetime
    person: int | None
    country: str


@dataclass
class _Sale:
    """What the lines of an invoice say of it: the first one who, where and when, all of them how much."""

    person: int | None
    country: str
    placed_at: datetime
    total: Decimal = Decimal(0)


@dataclass
class _Good:
    """What the lines of a stock code say of it: the last name and the last price are those of today."""

    since: datetime
    name: str = ""
    price: Decimal | None = None


@dataclass
class _Books:
    """Everything but the lines."""

    sales: dict[str, _Sale] = field(default_factory=dict)
    goods: dict[str, _Good] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    """Country by the number of the customer."""


def import_books(path: Path, *, replace: bool = False, progress: Progress | None = None) -> Report:
    """Take a file into the shop, whole or not at all.

    Args:
        path: CSV, gzipped CSV or XLSX.
        replace: whether what the shop holds goes first; accounts of the staff stay.
        progress: called with the number of lines done.

    Raises:
        BooksError: the file is not there, or not what is expected; or the shop has goods or orders already.
    """
    started = time.perf_counter()
    if not path.is_file():
        raise BooksError(f"There is no file {path}. Give the path of online_retail_ii.csv, .csv.gz or .xlsx.")
    with transaction.atomic():
        if replace:
            clear_shop()
        elif Order.objects.exists() or Product.objects.exists():
            raise BooksError("The shop has goods or orders already. Give --replace to take them out first.")
        rows = _kept_once(read_rows(path))
        form = _date_form({row[_WHEN] for row in rows})
        books = _do_books(path, _lines(rows, form))
        _save_books(books)
        lines, skipped = _save_lines(_lines(rows, form), progress or (lambda done: None))
        reset_sequences(User)
    seconds = time.perf_counter() - started
    return Report(lines, len(books.sales), len(books.people), len(books.goods), dict(skipped), seconds)


def clear_shop() -> None:
    """Take out all that the shop sells and has sold; accounts of the staff stay."""
    for model in (Event, Refund, OrderLine, Order, Review, BasketItem, Product, Category):
        model._default_manager.all().delete()
    Profile.objects.filter(user__is_staff=False).delete()
    User.objects.filter(is_staff=False).delete()


def reset_sequences(*models: type[Model]) -> None:
    """Let new rows come after those that were given their keys."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(models))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, as texts and numbers, in the order of ``_COLUMNS``.

    Raises:
        BooksError: a column is missing, or the file is no table.
    """
    with _table(path) as rows:
        header = [str(cell).strip().lstrip("\ufeff") for cell in next(iter(rows), [])]
        places = [next((header.index(name) for name in names if name in header), -1) for names in _COLUMNS.values()]
        missing = [names[0] for names, place in zip(_COLUMNS.values(), places, strict=True) if place < 0]
        if missing:
            raise BooksError(
                f"{path.name} has no column {', '.join(missing)}. It has: {', '.join(header) or 'none'}. "
                "Online Retail II has: " + ", ".join(names[0] for names in _COLUMNS.values()) + "."
            )
        pick, width = itemgetter(*places), max(places) + 1
        for row in rows:
            if len(row) >= width:
                yield pick(row)
            elif any(row):
                yield pick([*row, *[""] * width])


@contextmanager
def _table(path: Path) -> Iterator[Iterator[Sequence[Any]]]:
    if path.suffix.lower() == ".xlsx":
        try:
            from python_calamine import CalamineError, CalamineWorkbook
        except ImportError:
            raise BooksError("XLSX files need python-calamine: pip install 'django-shop-insights[excel]'.") from None
        try:
            yield _sheets(CalamineWorkbook.from_path(str(path)))
        except CalamineError as error:
            raise BooksError(f"{path.name} cannot be read as a workbook: {error}.") from error
        return
    with _open(path) as file:
        try:
            yield csv.reader(file)
        except (csv.Error, OSError, EOFError, zlib.error) as error:
            raise BooksError(f"{path.name} cannot be read: {error}.") from error


def _open(path: Path) -> TextIO:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="")
    return path.open(encoding="utf-8", errors="replace", newline="")


def _sheets(book: Any) -> Iterator[Sequence[Any]]:
    """All sheets below each other, since Online Retail II has one a year; only the first header is kept."""
    for number, name in enumerate(book.sheet_names):
        rows = iter(book.get_sheet_by_name(name).iter_rows())
        header = next(rows, None)
        if header is not None and number == 0:
            yield header
        yield from rows


def _kept_once(rows: Iterable[Row]) -> list[Row]:
    """All rows, with equal cells as one object: a million lines in some 150 MB."""
    known: dict[Any, Any] = {}
    keep = known.setdefault
    return [tuple([keep(cell, cell) for cell in row]) for row in rows]


def _date_form(cells: Iterable[Any]) -> str:
    """How the file writes its dates: the form by which most can be read, since 12/1/2010 alone says nothing."""
    texts = {cell.strip() for cell in cells if isinstance(cell, str)}
    return max(_FORMATS, key=lambda form: sum(_read_moment(text, form) is not None for text in texts))


def _do_books(path: Path, lines: Iterable[_Line | str]) -> _Books:
    """Orders, people and goods, for which all lines must be seen."""
    books = _Books()
    for line in lines:
        if isinstance(line, str):
            continue
        sale = books.sales.get(line.invoice)
        if sale is None:
            sale = books.sales[line.invoice] = _Sale(line.person, line.country, line.placed_at)
        sale.total += line.quantity * line.price
        if line.person:
            books.people[line.person] = line.country
        good = books.goods.get(line.code)
        if good is None:
            good = books.goods[line.code] = _Good(line.placed_at)
        good.name = line.name or good.name
        if line.price > 0:
            good.price = line.price
    if not books.sales:
        raise BooksError(f"{path.name} holds no lines.")
    return books


def _save_books(books: _Books) -> None:
    insert_rows(
        User,
        ("id", "username", "password"),
        ((person, f"customer-{person}", "!") for person in books.people),
    )
    insert_rows(Profile, ("user_id", "country"), books.people.items())
    insert_rows(
        Product,
        ("sku", "name", "slug", "price", "published_at"),
        ((code, good.name, slugify(good.name)[:200], good.price, good.since) for code, good in books.goods.items()),
    )
    insert_rows(
        Order,
        ("number", "user_id", "country", "placed_at", "status", "channel", "currency", "subtotal", "total"),
        (
            (
                invoice,
                sale.person,
                sale.country,
                sale.placed_at,
                str(Status.CREDIT_NOTE if invoice[0] in "Cc" else Status.DELIVERED),
                CHANNEL,
                "GBP",
                sale.total,
                sale.total,
            )
            for invoice, sale in books.sales.items()
        ),
    )


def _save_lines(lines: Iterable[_Line | str], progress: Progress) -> tuple[int, Counter[str]]:
    """Gives how many lines were taken, and how many were not, by reason."""
    orders = dict(Order.objects.values_list("number", "pk"))
    products = dict(Product.objects.values_list("sku", "pk"))
    skipped: Counter[str] = Counter()
    done = 0
    rows = _rows_of_lines(lines, orders, products, skipped)
    while chunk := list(islice(rows, _BATCH)):
        insert_rows(OrderLine, ("order_id", "product_id", "sku", "name", "quantity", "unit_price"), chunk)
        done += len(chunk)
        progress(done)
    return done, skipped


def _rows_of_lines(
    lines: Iterable[_Line | str], orders: dict[str, int], products: dict[str, int], skipped: Counter[str]
) -> Iterator[Row]:
    for line in lines:
        if isinstance(line, str):
            skipped[line] += 1
        else:
            yield orders[line.invoice], products[line.code], line.code, line.name, line.quantity, line.price


def _lines(rows: Iterable[Row], form: str) -> Iterator[_Line | str]:
    """Each line of the file, or why the shop's tables cannot hold it."""
    for invoice, code, name, quantity, placed, price, customer, country in rows:
        # One code of Online Retail II has a space behind it once, which MariaDB would take for the same code.
        invoice, code = _text(invoice).strip(), _text(code).strip()
        number, amount, placed_at = _whole(quantity), _price(price), _moment(placed, form)
        if not invoice or len(invoice) > _LONGEST_NUMBER:
            yield "no invoice"
        elif not code or len(code) > _LONGEST_CODE:
            yield "no stock code"
        elif number is None:
            yield "quantity is no whole number"
        elif amount is None:
            yield "price is no number"
        elif placed_at is None:
            yield "no date"
        else:
            said, where = _words(name, 200), _words(country, 64)
            yield _Line(invoice, code, said, number, amount, placed_at, _person(customer), where)


def _text(cell: Any) -> str:
    """A cell as text; a spreadsheet gives whole numbers as floats."""
    if type(cell) is str:
        return cell
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


# A column has a few thousand different values in a million lines.
@lru_cache(maxsize=_REMEMBERED)
def _words(cell: Any, limit: int) -> str:
    return " ".join(_text(cell).split())[:limit]


@lru_cache(maxsize=_REMEMBERED)
def _person(cell: Any) -> int | None:
    text = str(cell).strip()
    try:
        number = int(float(text))
    except (ValueError, OverflowError):
        return None
    return number if 0 < number <= _LARGEST else None


@lru_cache(maxsize=_REMEMBERED)
def _whole(cell: Any) -> int | None:
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() and abs(number) <= _LARGEST else None


@lru_cache(maxsize=_REMEMBERED)
def _price(cell: Any) -> Decimal | None:
    try:
        amount = Decimal(str(cell).strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < 10**9 else None


@lru_cache(maxsize=_REMEMBERED)
def _moment(cell: Any, form: str) -> datetime | None:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=ZONE)
    if isinstance(cell, (int, float)):
        return (_EXCEL_DAY_ZERO + timedelta(seconds=round(cell * 86400))).replace(tzinfo=ZONE)
    return _read_moment(str(cell).strip(), form)


def _read_moment(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=ZONE)
    except ValueError:
        return None
