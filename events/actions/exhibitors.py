"""An exhibitor's own page: written by the exhibitor, hidden by staff with a reason."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.booth_telling import tell_hidden
from events.models import Exhibitor
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.pictures import fitted
from kosna.core.uploads import Checked

# The longer side of a logo, in pixels.
LOGO_EDGE = 480


@transaction.atomic
def write_page(
    exhibitor: Exhibitor,
    *,
    logo: Checked | None,
    drops_logo: bool,
    by: User,
    **texts: Any,
) -> None:
    """What visitors read of an exhibitor. A new logo takes the place of the old one, whose bytes go
    once this is for good."""
    for name, text in texts.items():
        setattr(exhibitor, name, text)
    old, storage = str(exhibitor.logo.name or ""), exhibitor.logo.storage
    if logo is not None:
        picture = fitted(logo, LOGO_EDGE)
        exhibitor.logo.save(picture.display_name, picture.file(), save=False)
        exhibitor.logo_type = picture.content_type
    elif drops_logo:
        exhibitor.logo, exhibitor.logo_type = "", ""
    fields = [*texts]
    if logo is not None or drops_logo:
        fields += ["logo", "logo_type"]
        if old:
            transaction.on_commit(lambda: storage.delete(old))
    try:
        with transaction.atomic():
            exhibitor.save(update_fields=fields)
    except IntegrityError:
        raise Refused(_("You exhibit here under this name already."), field="name_ko") from None
    _record("events.write_exhibitor", exhibitor, by, fields=fields)


@transaction.atomic
def hide_page(exhibitor: Exhibitor, *, reason: str, by: User) -> None:
    """Takes an exhibitor's page away from visitors; its contact is told why and can mend it."""
    hidden = Exhibitor.objects.filter(pk=exhibitor.pk, hidden_at=None)
    if not hidden.update(hidden_at=clock.now(), hidden_by=by, hidden_reason=reason):
        raise Refused(_("This page is hidden already."))
    _record("events.hide_exhibitor", exhibitor, by, reason=reason)
    tell_hidden(exhibitor, reason)


@transaction.atomic
def show_page(exhibitor: Exhibitor, *, by: User) -> None:
    shown = Exhibitor.objects.filter(pk=exhibitor.pk, hidden_at__isnull=False)
    if not shown.update(hidden_at=None, hidden_by=None, hidden_reason=""):
        raise Refused(_("This page is shown already."))
    _record("events.show_exhibitor", exhibitor, by)


def _record(verb: str, exhibitor: Exhibitor, by: User, **facts: Any) -> None:
    audit.record(
        verb,
        exhibitor.event,
        by=by,
        subjects=[exhibitor.contact_id],
        exhibitor=exhibitor.name_ko,
        **facts,
    )
