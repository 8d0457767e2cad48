"""Contributors: members agree to be named, or are asked to by the staff, and take it back."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as mail
from members.access import memberships_of
from members.community.models import Board, Contributor, Post


@transaction.atomic
def join_contributors(*, intro: str, by: User) -> Contributor:
    """Agrees to be named, or changes what stands there. Raises Refused for who has written nothing
    that stands and was not named, and for who is no member."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    row = Contributor.objects.filter(user=by).first() or Contributor(user=by)
    if not memberships_of(by, clock.now()):
        raise Refused(_("Contributors are members of the association."))
    own = Post.objects.on(Board.EXCHANGE).filter(author=by, status=Post.Status.PUBLISHED)
    if row.named_at is None and not own.exists():
        raise Refused(_("Write in the exchange first, then you can be named for it."))
    row.intro = intro
    row.agreed_at = row.agreed_at or clock.now()
    row.save()
    audit.record("community.join_contributors", row, by=by)
    return row


@transaction.atomic
def leave_contributors(*, by: User) -> None:
    """The name leaves the page at once, and the words about oneself are gone."""
    row = Contributor.objects.select_for_update().filter(user=by).exclude(agreed_at=None).first()
    if row is None:
        raise Refused(_("You are not named as a contributor."))
    row.agreed_at, row.intro = None, ""
    row.save(update_fields=["agreed_at", "intro"])
    audit.record("community.leave_contributors", row, by=by)


@transaction.atomic
def name_contributor(user: User, *, by: User) -> Contributor:
    """Asks a member to be named: nothing is shown before they agree. Raises Refused for who was
    asked already."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    row = Contributor.objects.filter(user=user).first() or Contributor(user=user)
    if row.named_at:
        raise Refused(_("This member is named already."))
    row.named_at, row.named_by = clock.now(), by
    row.save()
    audit.record("community.name_contributor", row, by=by, subjects=[user.pk])
    if user.is_active:
        mail.send(
            "contributor_named",
            [user.email],
            language=user.language,
            context={
                "name": user.name,
                "url": f"{settings.SITE_URL}/community/contributors/mine/",
            },
            user=user,
        )
    return row


@transaction.atomic
def unname_contributor(row: Contributor, *, reason: str, by: User) -> None:
    """What the member wrote in the exchange may still name them, if they agreed."""
    stored = Contributor.objects.select_for_update().get(pk=row.pk)
    if stored.named_at is None:
        raise Refused(_("Somebody else was faster: this member is not named any more."))
    stored.named_at = stored.named_by = None
    stored.save(update_fields=["named_at", "named_by"])
    audit.record(
        "community.unname_contributor", stored, by=by, reason=reason, subjects=[stored.user_id]
    )
