"""Aggregates that both databases have and Django does not name alike."""

from typing import Any

from django.db.models import Aggregate, TextField


class Joined(Aggregate):
    """The texts of a group in one, with commas between them and in no order; none: None."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG")
