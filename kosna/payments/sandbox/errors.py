"""What an API of the sandbox says when it says no."""

from typing import Any


class ContractBroken(Exception):
    """The sandbox was about to say something that its original would never say: our own mistake."""


class ApiError(Exception):
    """An answer that is not a success: its HTTP status and its body."""

    status: int

    @property
    def body(self) -> dict[str, Any]:
        raise NotImplementedError


class StripeError(ApiError):
    """An error as Stripe words it. `status` is the HTTP status, the rest is the `error` object."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **extra: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, object] = {"type": type, "message": message, **extra}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}"
        if param:
            self.error["param"] = param

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


class TossError(ApiError):
    """An error as Toss Payments words it."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message

    @property
    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message}


def missing(kind: str, id: str, *, param: str = "id") -> StripeError:
    """Nothing of that id here: 404, as Stripe says it."""
    return StripeError(f"No such {kind}: '{id}'", status=404, code="resource_missing", param=param)
