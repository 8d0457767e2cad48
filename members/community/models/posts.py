"""What stands on a board, and the files that hang on it."""

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.korean import fold, initials, is_initials
from kosna.core.models import Stateful, localized
from kosna.core.uploads import RandomPath
from members.community.models.boards import Board

MOST_WORDS = 8


class Topic(models.TextChoices):
    """What a question of the FAQ is about, in the order of its page."""

    MEMBERSHIP = "membership", _("Membership and dues")
    EVENTS = "events", _("Events and courses")
    RESEARCH = "research", _("Research and statistics")
    PAYMENTS = "payments", _("Payments and receipts")
    ACCOUNT = "account", _("Account and personal data")


class PostQuerySet(BranchScoped):
    def on(self, board: str) -> "PostQuerySet":
        return self.filter(board=board) if board else self

    def shown(self, at: datetime) -> "PostQuerySet":
        """Those that have a page at an instant: ``Post.state_at`` says the same of one."""
        return self.filter(
            Q(until_on=None) | Q(until_on__gte=clock.kst_date(at)),
            status=Post.Status.PUBLISHED,
            published_at__lte=at,
        )

    def in_state(self, state: str, at: datetime) -> "PostQuerySet":
        day, published = clock.kst_date(at), self.filter(status=Post.Status.PUBLISHED)
        if state == Post.State.SHOWN:
            return self.shown(at)
        if state == Post.State.PLANNED:
            return published.filter(published_at__gt=at)
        if state == Post.State.OVER:
            return published.filter(published_at__lte=at, until_on__lt=day)
        return self.filter(status=state) if state else self

    def open_on(self, day: date) -> "PostQuerySet":
        """Whose deadline has not passed."""
        return self.filter(Q(deadline_on=None) | Q(deadline_on__gte=day))

    def matching(self, query: str, *, reads_locked: bool = True) -> "PostQuerySet":
        """Every word somewhere in its text, or its initials (초성) in a title. Whoever does not
        read what is for members finds that by its title alone."""
        found = self
        for word in query.split()[:MOST_WORDS]:
            if is_initials(word):
                found = found.filter(search_initials__contains=initials(word))
            elif folded := fold(word):
                told = Q(search_text__contains=folded)
                if not reads_locked:
                    titled = Q(title_ko__icontains=word) | Q(title_en__icontains=word)
                    told = told & Q(for_members=False) | titled
                found = found.filter(told)
        return found

    def newest(self) -> "PostQuerySet":
        return self.order_by(F("published_at").desc(nulls_first=True), "-pk")

    def pinned_first(self) -> "PostQuerySet":
        return self.order_by("-is_pinned", "-published_at", "-pk")

    def by_topic(self) -> "PostQuerySet":
        places = [When(topic=topic, then=Value(at)) for at, topic in enumerate(Topic.values)]
        return self.order_by(Case(*places), "-is_pinned", "pk")

    def newest_of_each_board(self, number: int) -> "PostQuerySet":
        among = Window(
            RowNumber(), partition_by="board", order_by=[F("published_at").desc(), F("pk").desc()]
        )
        return self.annotate(among=among).filter(among__lte=number).order_by("board", "among")

    def for_pages(self) -> "PostQuerySet":
        """With whoever wrote it; what only a search reads stays where it is."""
        return self.select_related("branch", "author").defer("search_text", "search_initials")

    def with_comments(self) -> "PostQuerySet":
        """With how many stand below: the field ``answers``."""
        return self.annotate(answers=Count("comments", filter=Q(comments__status="shown")))


class Post(Stateful):
    """In Korean, and where there is one in English; a member's in the language it was written in.
    Off its page, it stays on record."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", pgettext_lazy("a post", "Published")
        TAKEN_DOWN = "taken_down", pgettext_lazy("a post", "Taken down")
        REMOVED = "removed", pgettext_lazy("a post", "Removed by its author")

    class State(models.TextChoices):
        """As it follows from its status and its days."""

        DRAFT = "draft", _("Draft")
        PLANNED = "planned", _("Not yet")
        SHOWN = "shown", _("On the page")
        OVER = "over", _("No longer")
        TAKEN_DOWN = "taken_down", pgettext_lazy("a post", "Taken down")
        REMOVED = "removed", pgettext_lazy("a post", "Removed by its author")

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.PUBLISHED, Status.TAKEN_DOWN},
        Status.PUBLISHED: {Status.TAKEN_DOWN, Status.REMOVED},
        Status.TAKEN_DOWN: {Status.PUBLISHED},
        Status.REMOVED: set(),
    }
    TONES: ClassVar = {
        State.SHOWN: "good",
        State.PLANNED: "info",
        State.DRAFT: "warning",
        State.TAKEN_DOWN: "danger",
    }

    board = models.CharField(_("board"), max_length=10, choices=Board)
    # Whose it is: the branch that announces it, or in the exchange that of its author.
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="posts", verbose_name=_("branch")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    title_ko = models.CharField(_("title in Korean"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    body_ko = models.TextField(_("text in Korean"), max_length=8000)
    body_en = models.TextField(_("text in English"), max_length=8000, blank=True)
    is_pinned = models.BooleanField(_("stays at the top"), default=False)
    for_members = models.BooleanField(_("for members only"), default=False)
    published_at = models.DateTimeField(null=True, blank=True)  # may lie ahead
    until_on = models.DateField(
        _("last day on the page"), null=True, blank=True
    )  # the last day; null: open
    # Of a question (FAQ), of a call, and of what a newspaper wrote.
    topic = models.CharField(_("topic"), max_length=10, choices=Topic, blank=True)
    deadline_on = models.DateField(_("deadline"), null=True, blank=True)
    outlet_ko = models.CharField(_("outlet in Korean"), max_length=60, blank=True)
    outlet_en = models.CharField(_("outlet in English"), max_length=60, blank=True)
    printed_on = models.DateField(_("day of the report"), null=True, blank=True)
    url = models.URLField(_("address of the report"), max_length=300, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(null=True, blank=True)  # since it was published
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)  # grows with every change
    search_text = models.TextField(blank=True, editable=False)
    search_initials = models.TextField(blank=True, editable=False)

    title = localized("title")
    body = localized("body")
    outlet = localized("outlet")
    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "taken_down"]) | Q(published_at__isnull=False),
                name="post_published_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, status__in=["draft", "published"])
                | Q(
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                    status__in=["taken_down", "removed"],
                ),
                name="post_end_paired",
            ),
            models.CheckConstraint(
                condition=~Q(board="press")
                | (Q(outlet_ko__gt="", url__gt="") & Q(printed_on__isnull=False)),
                name="post_press_names_its_source",
            ),
            models.CheckConstraint(
                condition=~Q(board="faq") | Q(topic__gt=""), name="post_question_has_a_topic"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["board", "-is_pinned", "-published_at"]),
            models.Index(fields=["branch", "-published_at"]),
        ]

    def __str__(self) -> str:
        return self.title_ko

    def get_absolute_url(self) -> str:
        return reverse("community:post", args=[self.board, self.pk])

    @property
    def place(self) -> Board:
        """The board itself."""
        return Board(self.board)

    def state_at(self, at: datetime) -> "Post.State":
        if self.status != self.Status.PUBLISHED:
            return self.State(self.status)
        if self.published_at is None or self.published_at > at:
            return self.State.PLANNED
        is_over = self.until_on is not None and self.until_on < clock.kst_date(at)
        return self.State.OVER if is_over else self.State.SHOWN

    @property
    def state(self) -> "Post.State":
        return self.state_at(clock.now())

    @property
    def label(self) -> str | Promise:
        return self.state.label

    @property
    def tone(self) -> str:
        return self.TONES.get(self.state, "plain")

    @property
    def is_over_for_applicants(self) -> bool:
        return self.deadline_on is not None and self.deadline_on < clock.today()

    def fill_search(self) -> None:
        """The search columns, from everything that the page shows."""
        titles = [self.title_ko, self.title_en]
        told = [self.body_ko, self.body_en, self.outlet_ko, self.outlet_en]
        self.search_text = fold("\n".join([*titles, *told]))
        self.search_initials = initials("\n".join(titles))


class Attachment(models.Model):
    """A file below a post; whoever may read the post may take it."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="attachments")
    file = models.FileField(_("file"), upload_to=RandomPath("community"))
    file_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="community_files"
    )

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("community:attachment", args=[self.post.board, self.post_id, self.pk])
