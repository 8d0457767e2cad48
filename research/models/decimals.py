"""Decimals that stay what was published."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class ExactDecimalField(models.Field):
    """A decimal kept as its own digits ("12.30"): SQLite would make a float of Django's. For values
    that are shown and exported, never summed by the database."""

    description = "A decimal, digit by digit"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "CharField"

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(_("This is not a number.")) from error

    def get_prep_value(self, value: Any) -> str | None:
        number = self.to_python(value)
        if number is None:
            return None
        if not number.is_finite():
            raise ValidationError(_("This is not a number."))
        return f"{number:f}"
