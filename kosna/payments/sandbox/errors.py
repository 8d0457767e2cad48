"""The one exception of the sandbox: an answer of Stripe's that is not a success."""


class StripeError(Exception):
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
    def body(self) -> dict[str, object]:
        return {"error": self.error}


def missing(kind: str, id: str, *, param: str = "id") -> StripeError:
    """Nothing of that id here: 404, as Stripe says it."""
    return StripeError(f"No such {kind}: '{id}'", status=404, code="resource_missing", param=param)
