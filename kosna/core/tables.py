"""Migration operations: the tables of an empty database are created at once."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateAtOnce(Operation):
    """What ``operations`` lead to, created in one step. They are those of a first migration, as
    ``makemigrations`` writes them: each model in its last state then has all its fields, indexes
    and constraints. Django draws every model of the house anew after each single operation, which
    made a first start take a minute (docs/decisions/0040)."""

    reduces_to_sql = False

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for model in self._models(app_label, to_state):
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for model in reversed(self._models(app_label, from_state)):
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def _models(self, app_label: str, state: ProjectState) -> list[Any]:
        names = [each.name for each in self.operations if isinstance(each, CreateModel)]
        return [state.apps.get_model(app_label, name) for name in names]

    def describe(self) -> str:
        return "Create the tables of the app at once"
