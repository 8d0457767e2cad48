"""An entry is written, opened with a consent and closed again; staff hide it and show it."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members.directory import consent
from members.directory.actions.abuse import uphold_reports
from members.directory.actions.telling import keepers_of, subjects_of, tell
from members.directory.models import Consent, Introduction, Profile


def locked(*keys: int) -> list[Profile]:
    """These entries as they stand now, in the order of their keys, which is that of the locks."""
    list(Profile.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    return list(Profile.objects.filter(pk__in=keys).with_member().order_by("pk"))


def own_page(profile: Profile) -> str:
    return f"{reverse('directory_me:own')}?member={profile.member_id}"


@transaction.atomic
def write_entry(profile: Profile, *, fields: Collection[str], by: User) -> Profile:
    """Keeps a new entry, or those ``fields`` of one that changed. It shows nothing of a member who
    has not opened it. Raises Refused where another click has made it already."""
    profile.search_text = profile.searched_for()
    profile.written_at = clock.now()
    if profile.pk is None:
        try:
            with transaction.atomic():
                profile.save()
        except IntegrityError:
            raise Refused(
                _("Somebody else has just changed this. Reload the page and look again.")
            ) from None
    else:
        profile.save(update_fields=[*fields, "search_text", "written_at"])
    _record("directory.write_entry", profile, by=by, changed=sorted(fields))
    return profile


@transaction.atomic
def open_entry(profile: Profile, *, version: str, by: User, ip: str | None) -> None:
    """The member agrees to the text of ``version`` and is in the directory from now on. Raises
    Refused for a text that is no longer shown, while staff hide the entry, and where the standing
    grants none."""
    (profile,) = locked(profile.pk)
    if version != consent.VERSION:
        raise Refused(
            _("The text has changed. Please read it again, then agree to it."), field="agrees"
        )
    if profile.hidden_at:
        raise Refused(_("The entry is hidden at present. Please ask to have it shown again."))
    if not profile.holds_right(clock.today()):
        raise Refused(_("Your membership does not include an entry at present."))
    if profile.consents.standing().exists():
        raise Refused(_("The entry is open already."))
    Consent.objects.create(
        profile=profile, version=version, text_hash=consent.fingerprint(), given_by=by, ip=ip
    )
    _record("directory.open_entry", profile, by=by, version=version)


@transaction.atomic
def close_entry(profile: Profile, *, by: User) -> None:
    """The consent is taken back: from the next request on nobody sees the entry. What it has asked
    and nobody has answered is taken back as well; introductions stay."""
    (profile,) = locked(profile.pk)
    now = clock.now()
    if not profile.consents.standing().update(withdrawn_at=now, withdrawn_by=by):
        raise Refused(_("The entry is closed already."))
    for introduction in profile.requests_sent.waiting():
        introduction.move_to(Introduction.Status.WITHDRAWN, closed_at=now, closed_by=by)
    _record("directory.close_entry", profile, by=by)


@transaction.atomic
def plead(profile: Profile, *, plea: str, by: User) -> None:
    """The keeper of a hidden entry asks to have it shown again, once until that is answered."""
    asked = Profile.objects.hidden().filter(pk=profile.pk, pleaded_at=None)
    if not asked.update(pleaded_at=clock.now(), plea=plea):
        raise Refused(_("There is nothing to ask for: it has been asked, or answered."))
    _record("directory.plead", profile, by=by)


@transaction.atomic
def hide_entry(profile: Profile, *, reason: str, by: User) -> None:
    """Nobody sees it, and it asks nobody; those who keep it are told why and may ask again. Reports
    about it are decided by this. Raises Refused about one's own, and where it is hidden."""
    (profile,) = locked(profile.pk)
    _not_ones_own(profile, by)
    now = clock.now()
    hidden = Profile.objects.filter(pk=profile.pk, hidden_at=None)
    if not hidden.update(hidden_at=now, hidden_by=by, hidden_reason=reason):
        raise Refused(_("This entry is hidden already."))
    for introduction in profile.requests_sent.waiting():
        introduction.move_to(Introduction.Status.WITHDRAWN, closed_at=now, closed_by=by)
    _record("directory.hide_entry", profile, by=by, reason=reason)
    uphold_reports(profile, decision=reason, by=by)
    tell("entry_hidden", profile, keepers_of(profile), path=own_page(profile), reason=reason)


@transaction.atomic
def show_entry(profile: Profile, *, by: User) -> None:
    """Staff no longer hide it; whether it is seen is for its consent and standing again."""
    _not_ones_own(profile, by)
    hidden = Profile.objects.hidden().filter(pk=profile.pk)
    if not hidden.update(
        hidden_at=None, hidden_by=None, hidden_reason="", pleaded_at=None, plea=""
    ):
        raise Refused(_("This entry is not hidden."))
    _record("directory.show_entry", profile, by=by)
    tell("entry_shown", profile, keepers_of(profile), path=own_page(profile))


@transaction.atomic
def keep_hidden(profile: Profile, *, reason: str, by: User) -> None:
    """The answer to who asked to have it shown: not yet, and why. They may ask again."""
    _not_ones_own(profile, by)
    asked = Profile.objects.hidden().filter(pk=profile.pk, pleaded_at__isnull=False)
    if not asked.update(pleaded_at=None, plea="", hidden_reason=reason):
        raise Refused(_("Nobody asks to have this entry shown."))
    _record("directory.keep_hidden", profile, by=by, reason=reason)
    tell("entry_stays_hidden", profile, keepers_of(profile), path=own_page(profile), reason=reason)


def refold() -> int:
    """Names change elsewhere (a new name in the register): what searches look into follows. Returns
    how many did."""
    changed = 0
    for profile in Profile.objects.opened().with_member().iterator(chunk_size=2000):
        found = profile.searched_for()
        if found != profile.search_text:
            changed += Profile.objects.filter(
                pk=profile.pk, search_text=profile.search_text, written_at=profile.written_at
            ).update(search_text=found)
    return changed


def _not_ones_own(profile: Profile, by: User) -> None:
    if by in keepers_of(profile):
        raise Refused(_("Nobody decides about their own entry."))


def _record(verb: str, profile: Profile, *, by: User, **facts: Any) -> None:
    audit.record(
        verb,
        profile,
        by=by,
        branch=profile.member.branch_id,
        subjects=subjects_of(profile),
        **facts,
    )
