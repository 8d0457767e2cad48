"""What the directory holds about a person, as it is told to them: their own entry, what they agreed
to, and what they asked and were asked. An organisation's entry is its own matter, but for what a
person did for it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from members.directory.models import AbuseReport, Block, Consent, Introduction, Profile


def tell() -> None:
    register(
        "directory_entries",
        _("Entry in the member directory"),
        lambda user: Profile.objects.filter(member__user=user),
        *("headline", "headline_for", "intro_ko", "intro_en", "intro_for", "affiliation"),
        *("position", "affiliation_for", "topics", "topics_for", "website", "website_for"),
        *("links", "links_for", "email", "email_for", "phone", "phone_for", "takes_requests"),
        *("written_at", "hidden_at", "hidden_reason", "pleaded_at", "plea"),
        member="member__number",
    )
    register(
        "directory_consents",
        _("Consents to an entry in the directory"),
        lambda user: Consent.objects.filter(Q(given_by=user) | Q(profile__member__user=user)),
        *("version", "given_at", "ip", "withdrawn_at"),
        entry="profile__member__name",
    )
    register(
        "introductions_asked",
        _("Introductions asked for"),
        lambda user: Introduction.objects.filter(Q(asked_by=user) | Q(asker__member__user=user)),
        *("message", "status", "asked_at", "closed_at", "asker_email", "asked_email"),
        other="asked__member__name",
    )
    register(
        "introductions_received",
        _("Requests for an introduction"),
        lambda user: Introduction.objects.filter(asked__member__user=user),
        *("message", "status", "asked_at", "closed_at", "asker_email", "asked_email"),
        other="asker__member__name",
    )
    register(
        "directory_blocks",
        _("Members whose requests are not taken"),
        lambda user: Block.objects.filter(owner__member__user=user),
        "at",
        other="blocked__member__name",
    )
    register(
        "directory_reports",
        _("Reports of abuse in the directory"),
        lambda user: AbuseReport.objects.filter(reported_by=user),
        *("reason", "status", "reported_at", "decided_at"),
        about="about__member__name",
    )
