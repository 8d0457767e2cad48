"""A member's entry: what it says, who sees which field of it, and the consent that opens it."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock, korean
from kosna.core.models import localized
from members import standing
from members.access import GRANTED
from members.directory.access import may_read
from members.models import Member, Right, TierRight, Topic


class Audience(models.TextChoices):
    """Who sees a field of an entry."""

    NOBODY = "nobody", _("Nobody")
    INTRODUCED = "introduced", _("Members introduced to me")
    MEMBERS = "members", _("Every reader of the directory")


def audience(default: str, label: Any) -> models.CharField:
    return models.CharField(label, max_length=10, choices=Audience, default=default)


class ProfileQuerySet(BranchScoped):
    branch_field = "member__branch"

    def kept_by(self, user: Any) -> "ProfileQuerySet":
        """One's own, and those of organisations that one represents or runs."""
        return self.filter(member__in=Member.objects.run_by(user).values("pk"))

    def opened(self) -> "ProfileQuerySet":
        """Whose member has agreed, and has not taken it back."""
        return self.filter(Exists(_consents()))

    def closed(self) -> "ProfileQuerySet":
        return self.exclude(Exists(_consents()))

    def hidden(self) -> "ProfileQuerySet":
        return self.filter(hidden_at__isnull=False)

    def listed(self, day: date) -> "ProfileQuerySet":
        """Opened, not hidden, and of members whose standing grants an entry on a day."""
        rights = TierRight.objects.filter(tier=OuterRef("tier"), right=Right.DIRECTORY_ENTRY)
        granted = Q(pk__in=[])
        for code, name in GRANTED.items():
            granted |= Q(Exists(rights.filter(**{name: True})), standing=code)
        members = Member.objects.belonging(day).exclude(directory_profile=None)
        held = standing.with_standing(members, day).filter(granted)
        return self.opened().filter(hidden_at=None, member__in=held.values("pk"))

    def with_state(self, day: date) -> "ProfileQuerySet":
        """Annotates ``known_state``, as ``state_on`` would say row by row."""
        listed = Profile.objects.listed(day).values("pk")
        return self.annotate(
            known_state=Case(
                When(hidden_at__isnull=False, then=Value(Profile.State.HIDDEN)),
                When(~Exists(_consents()), then=Value(Profile.State.CLOSED)),
                When(pk__in=listed, then=Value(Profile.State.LISTED)),
                default=Value(Profile.State.RESTING),
                output_field=models.CharField(),
            )
        )

    def visible_to(self, user: Any) -> "ProfileQuerySet":
        """What this person reads in the directory today; nothing where they may not."""
        return self.listed(clock.today()) if may_read(user).allowed else self.none()

    def search(self, query: str) -> "ProfileQuerySet":
        """By name (initials too) and by what every reader sees."""
        folded = korean.fold(query)
        if not folded:
            return self
        if korean.is_initials(query):
            return self.filter(search_text__contains=korean.initials(query))
        return self.filter(
            Q(search_text__contains=folded) | Q(member__name__icontains=" ".join(query.split()))
        )

    def of_topic(self, topic: str) -> "ProfileQuerySet":
        """Whose readers all see this field among theirs."""
        shown = self.annotate(topics_text=Cast("topics", models.TextField()))
        return shown.filter(topics_for=Audience.MEMBERS, topics_text__contains=f'"{topic}"')

    def filtered(
        self, *, branch: Branch | None = None, topic: str = "", kind: str = ""
    ) -> "ProfileQuerySet":
        """A filter that is empty filters nothing."""
        rows = self.filter(member__branch=branch) if branch else self
        rows = rows.of_topic(topic) if topic else rows
        if not kind:
            return rows
        return rows.filter(member__organisation__isnull=kind == Profile.Kind.PERSON)

    def with_member(self) -> "ProfileQuerySet":
        return self.select_related(
            "member__tier", "member__branch", "member__user", "member__organisation"
        )

    def by_name(self) -> "ProfileQuerySet":
        return self.order_by("member__name", "pk")


def _consents() -> models.QuerySet:
    return Consent.objects.filter(profile=OuterRef("pk"), withdrawn_at=None)


class Profile(models.Model):
    """One entry a membership: a person's own, or an organisation's, which its representative or
    contact keeps. The name is the membership's. Whether anybody sees it follows from the consent,
    from the member's standing and from whether staff have hidden it."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Individual")
        ORGANISATION = "organisation", _("Organisation")

    class State(models.TextChoices):
        """As it follows from consent, standing and staff."""

        LISTED = "listed", _("In the directory")
        RESTING = "resting", _("Rests with the membership")
        CLOSED = "closed", _("Not opened")
        HIDDEN = "hidden", _("Hidden by staff")

    TONES: ClassVar = {State.LISTED: "good", State.RESTING: "warning", State.HIDDEN: "danger"}
    # Fields that have an audience of their own; ``<name>_for`` says which.
    FIELDS: ClassVar = (
        "headline", "intro", "affiliation", "topics", "website", "links", "email", "phone",
    )  # fmt: skip
    MOST_LINKS = 5

    member = models.OneToOneField(Member, models.PROTECT, related_name="directory_profile")
    headline = models.CharField(_("headline"), max_length=80, blank=True)
    headline_for = audience(Audience.MEMBERS, _("who sees the headline"))
    intro_ko = models.TextField(_("introduction in Korean"), max_length=1000, blank=True)
    intro_en = models.TextField(_("introduction in English"), max_length=1000, blank=True)
    intro_for = audience(Audience.MEMBERS, _("who sees the introduction"))
    affiliation = models.CharField(_("affiliation"), max_length=80, blank=True)
    position = models.CharField(_("position"), max_length=60, blank=True)
    affiliation_for = audience(Audience.MEMBERS, _("who sees organisation and position"))
    topics = models.JSONField(_("fields of interest"), default=list, blank=True)  # of Topic
    topics_for = audience(Audience.MEMBERS, _("who sees the fields of interest"))
    website = models.URLField(_("website"), blank=True)
    website_for = audience(Audience.MEMBERS, _("who sees the website"))
    links = models.JSONField(_("SNS links"), default=list, blank=True)  # addresses
    links_for = audience(Audience.MEMBERS, _("who sees the SNS links"))
    email = models.EmailField(_("e-mail"), blank=True)
    email_for = audience(Audience.INTRODUCED, _("who sees the e-mail"))
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    phone_for = audience(Audience.NOBODY, _("who sees the phone"))
    takes_requests = models.BooleanField(_("takes requests for introductions"), default=True)
    # Folded: the name, and what every reader sees; nobody finds an entry by what they do not see.
    search_text = models.TextField(editable=False, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    hidden_reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Its keeper asks to have it shown again.
    pleaded_at = models.DateTimeField(null=True, blank=True)
    plea = models.CharField(_("what has changed"), max_length=500, blank=True)

    intro = localized("intro")
    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("directory entry")
        verbose_name_plural = _("directory entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason="")),
                name="profile_hidden_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(pleaded_at=None) | Q(hidden_at__isnull=False),
                name="profile_pleads_while_hidden",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["pleaded_at"],
                condition=Q(pleaded_at__isnull=False),
                name="profile_pleads",
            ),
        ]

    def __str__(self) -> str:
        return self.member.name

    def get_absolute_url(self) -> str:
        return reverse("directory:entry", args=[self.pk])

    @property
    def name(self) -> str:
        holder = self.member.organisation or self.member.user
        return (get_language() == "en" and holder and holder.name_en) or self.member.name

    @property
    def kind(self) -> "Profile.Kind":
        return self.Kind.ORGANISATION if self.member.organisation_id else self.Kind.PERSON

    @property
    def topic_labels(self) -> list[str]:
        return [str(Topic(topic).label) for topic in self.topics if topic in Topic.values]

    @property
    def is_open(self) -> bool:
        consents = self.consents.all() if self.pk else ()
        return any(consent.withdrawn_at is None for consent in consents)

    def holds_right(self, day: date) -> bool:
        """Whether the membership grants an entry on a day."""
        code = standing.standing_of(self.member, day).code
        rights = self.member.tier.rights.all()
        return code in GRANTED and any(
            row.right == Right.DIRECTORY_ENTRY and getattr(row, GRANTED[code]) for row in rights
        )

    def state_on(self, day: date) -> "Profile.State":
        if self.hidden_at:
            return self.State.HIDDEN
        if not self.is_open:
            return self.State.CLOSED
        return self.State.LISTED if self.holds_right(day) else self.State.RESTING

    def is_listed_on(self, day: date) -> bool:
        """As ``Profile.objects.listed``, of a row at hand."""
        return self.state_on(day) == self.State.LISTED

    @property
    def state(self) -> "Profile.State":
        known = self.__dict__.get("known_state")
        return self.State(known) if known else self.state_on(clock.today())

    @property
    def state_tone(self) -> str:
        return self.TONES.get(self.state, "plain")

    def searched_for(self) -> str:
        """What ``search`` looks into."""
        holder = self.member.organisation or self.member.user
        names = [self.member.name, holder.name_en if holder else ""]
        shown = {
            "headline": [self.headline],
            "intro": [self.intro_ko, self.intro_en],
            "affiliation": [self.affiliation, self.position],
            "website": [self.website],
            "links": self.links,
            "email": [self.email],
            "phone": [self.phone, korean.display_phone(self.phone)],
        }
        texts = [
            text
            for name, told in shown.items()
            if getattr(self, f"{name}_for") == Audience.MEMBERS
            for text in told
        ]
        words = [korean.fold(text) for text in (*names, *texts)]
        return "\n".join(word for word in (*words, korean.initials(self.member.name)) if word)


class ConsentQuerySet(models.QuerySet):
    def standing(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """Who agreed to have an entry shown, to which text, when and where from, and who took it
    back."""

    profile = models.ForeignKey(Profile, models.PROTECT, related_name="consents")
    version = models.CharField(max_length=20)
    text_hash = models.CharField(max_length=64)
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ip = models.GenericIPAddressField(null=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to an entry")
        verbose_name_plural = _("consents to entries")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(withdrawn_at=None),
                name="directory_consent_once_while_given",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="directory_consent_withdrawal_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.version}"
