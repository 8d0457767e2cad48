"""What one request asks again and again, asked once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within it, each function ``once`` asks once for the same arguments; without it, every
    time."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def forget() -> None:
    """After a change of something that may have been asked already."""
    kept = _kept.get()
    if kept is not None:
        kept.clear()


def once(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """For questions about settings, which do not change while a page is drawn."""

    @wraps(function)
    def asked(*arguments: Any) -> Answer:
        kept = _kept.get()
        if kept is None:
            return function(*arguments)
        key = (function, *arguments)
        if key not in kept:
            kept[key] = function(*arguments)
        answer: Answer = kept[key]
        return answer

    return asked
