"""In which branches a person holds a permission, and rows that belong to a branch."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_backends
from django.db import models


class Scope:
    """The branches in which a person holds a permission: all of them, or a set of ids."""

    def __init__(self, *, everywhere: bool = False, branch_ids: frozenset[int] = frozenset()):
        self.everywhere = everywhere
        self.branch_ids = branch_ids

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.branch_ids)

    def __contains__(self, branch: "models.Model | int | None") -> bool:
        branch_id = getattr(branch, "pk", branch)
        return self.everywhere or branch_id in self.branch_ids

    @classmethod
    def of(cls, user: Any, verb: str) -> "Scope":
        """Asks the auth backend that reads the table of roles (``kosna/roles.py``)."""
        for backend in get_backends():
            if hasattr(backend, "scope"):
                return backend.scope(user, verb)
        return cls()

    @classmethod
    def union(cls, scopes: "Iterable[Scope]") -> "Scope":
        """Where any of several permissions reaches."""
        held = list(scopes)
        return cls(
            everywhere=any(scope.everywhere for scope in held),
            branch_ids=frozenset().union(*(scope.branch_ids for scope in held)),
        )

    def narrow(self, queryset: Any, field: str = "branch") -> Any:
        """Only the rows whose branch (``field``) lies in this scope."""
        if self.everywhere:
            return queryset
        if not self.branch_ids:
            return queryset.none()
        return queryset.filter(**{f"{field}__in": self.branch_ids})


class BranchScoped(models.QuerySet):
    """Querysets whose rows belong to a branch; ``branch_field`` is the path to it."""

    branch_field = "branch"

    def permitted(self, user: Any, verb: str) -> Any:
        return Scope.of(user, verb).narrow(self, self.branch_field)
