"""A device at the door as the API knows it: by the token that it has, for its event alone."""

from events import actions
from kosna.api.actions import Credential
from kosna.api.models import Scope


def credential_of_device(token: str) -> Credential | None:
    device = actions.device_of(token)
    if device is None:
        return None
    return Credential(
        f"device:{device.pk}",
        frozenset({Scope.CHECK_IN}),
        device.event.branch_id,
        device.added_by,
        device=device,
    )
