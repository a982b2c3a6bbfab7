"""Exact numbers on every database: a DecimalField is a float on SQLite, an integer is not."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Scaled(int):
    """A number that already counts the smallest units of its fixed-point column; it is stored as it is.

    Writing a million rows through ``Decimal`` takes longer than the database does.
    """

    __slots__ = ()


class FixedPointField(models.BigIntegerField):
    """A ``Decimal`` with a fixed number of places, stored as an integer.

    ``Sum``, ``Min`` and ``Max`` stay exact and give a ``Decimal``. A value with more places is
    rounded half to even.
    """

    places = 4

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def to_python(self, value: Any) -> Decimal | None:
        if type(value) is Scaled:
            return Decimal(int(value)).scaleb(-self.places)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise ValidationError(_("“%(value)s” is not a number."), params={"value": value}) from None
        if not number.is_finite():
            raise ValidationError(_("“%(value)s” is not a finite number."), params={"value": value})
        return number

    def get_prep_value(self, value: Any) -> int | None:
        if type(value) is Scaled:
            return int(value)
        number = self.to_python(value) if not hasattr(value, "resolve_expression") else value
        if number is None or not isinstance(number, Decimal):
            return number
        return int(number.scaleb(self.places).to_integral_value(rounding=ROUND_HALF_EVEN))

    @property
    def validators(self) -> list[Any]:
        # The integer range of the column does not apply to the decimal that is checked.
        return list(vars(self)["_validators"])

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return models.Field.formfield(
            self, **{"form_class": forms.DecimalField, "decimal_places": self.places, **kwargs}
        )


class MoneyField(FixedPointField):
    """An amount of money: integers of 1/10,000 of the currency unit."""

    places = 4


class QuantityField(FixedPointField):
    """A quantity of goods: integers of 1/1,000, since some shops sell by weight or length."""

    places = 3


class ExternalIdField(models.CharField):
    """A key of another system, kept as text and compared byte for byte on every database.

    Stock codes differ by case alone in real data, and MariaDB's usual collations would merge them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"max_length": 128} | kwargs))

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_nopad_bin" if connection.mysql_is_mariadb else "utf8mb4_0900_bin"
        return parameters
