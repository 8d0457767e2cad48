"""Name badges of an event, in one file: many to an A4 sheet, or one to a label."""

import io
from itertools import islice
from typing import Any

import pikepdf
from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event, Registration, RegistrationQuerySet
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches
from kosna.core.batches import Work
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.core.qr import qr_svg
from kosna.documents.rendering import render_pdf
from members.models import Tier

BADGES = "events.badges"


class Size(TextChoices):
    SHEET = "sheet", gettext_lazy("A4 sheets with eight badges of 90 × 65 mm to cut")
    LABEL = "label", gettext_lazy("A label of 90 × 60 mm each")


# So many at a time: WeasyPrint gives no sign of life while it lays a document out.
AT_A_TIME = 40
PER_SHEET = 8


def _expected(event: Event) -> RegistrationQuerySet:
    return event.registrations.confirmed().named()


@transaction.atomic
def print_badges(*, event: Event, size: str, language: str, by: User) -> Batch:
    """Starts the work over everybody who is expected. Raises Refused when that is nobody."""
    places = list(_expected(event).values_list("pk", "user"))
    if not places:
        raise Refused(_("Nobody is expected yet: there are no badges to print."))
    batch = batches.start(
        BADGES,
        by=by,
        title=_("Badges: %(event)s") % {"event": event.title},
        total=len(places),
        event=event.pk,
        size=size,
        language=language,
    )
    audit.record(
        "events.print_badges",
        event,
        by=by,
        subjects=[user for _pk, user in places if user],
        places=len(places),
    )
    return batch


def run_badges(work: Work) -> None:
    """In the order of names; whoever has given up since the work was asked for gets none."""
    event = Event.objects.get(pk=work.params["event"])
    language = work.params["language"]
    places = _expected(event).select_related("ticket", "line__order").order_by("name", "pk")
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    rest, done = iter(list(places)), 0
    with pikepdf.new() as whole, io.BytesIO() as file:
        while chunk := list(islice(rest, AT_A_TIME)):
            part = draw(event, [badge_of(place, tiers, language) for place in chunk],
                        size=work.params["size"], language=language)  # fmt: skip
            with pikepdf.open(io.BytesIO(part)) as pdf:
                whole.pages.extend(pdf.pages)
            done += len(chunk)
            work.progress(done)
        if done:
            whole.save(file)
            work.deliver(f"{event.slug}-badges.pdf", file.getvalue())
    work.progress(done, total=done)


def draw(event: Event, badges: list[dict[str, Any]], *, size: str, language: str) -> bytes:
    """Some badges as a PDF."""
    in_english = language == "en" and event.title_en
    sheets = [badges[first : first + PER_SHEET] for first in range(0, len(badges), PER_SHEET)]
    return render_pdf(
        "documents/badges.html",
        {
            "facts": {"event_title": event.title_en if in_english else event.title_ko},
            "is_label": size == Size.LABEL,
            "sheets": [[badge] for badge in badges] if size == Size.LABEL else sheets,
        },
        language=language,
    )


def badge_of(place: Registration, tiers: dict[str, Tier], language: str) -> dict[str, Any]:
    """The QR holds the door code alone: a badge lies about, and the secret opens the ticket."""
    tier, suffix = _tier_of(place, tiers), "en" if language == "en" else "ko"
    return {
        "name": place.name,
        "is_long": len(place.name) > 8,
        "affiliation": place.affiliation,
        "ticket": getattr(place.ticket, f"name_{suffix}") or place.ticket.name_ko,
        "tier": (getattr(tier, f"name_{suffix}") or tier.name_ko) if tier else "",
        "code": place.door_code,
        "qr": qr_svg(place.door_code, size=72),
    }


def _tier_of(place: Registration, tiers: dict[str, Tier]) -> Tier | None:
    """The line keeps on which membership it was bought: that says something of the buyer, and of
    everybody whom a company brings, but nothing of who has a member's place since."""
    tier = tiers.get(place.line.tier)
    is_theirs = place.user_id is not None and place.user_id == place.line.order.user_id
    return tier if tier and (is_theirs or tier.holder == Tier.Holder.ORGANISATION) else None
