"""What a subquery's rows come to."""

from typing import Any

from django.db.models import BigIntegerField, Subquery, Sum
from django.db.models.functions import Coalesce


def sum_of(rows: Any, by: str) -> Coalesce:
    """The won of those rows that belong to the outer row; 0 where there is none."""
    grouped = rows.order_by().values(by).annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(grouped), 0, output_field=BigIntegerField())
