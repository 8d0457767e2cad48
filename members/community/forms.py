from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.forms import OfBranchesFilter
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.lists import LONGEST_SEARCH
from kosna.core.uploads import CheckedFileField
from members.community.models import (
    AbuseReport,
    AbuseReportQuerySet,
    Board,
    Contributor,
    Post,
    PostQuerySet,
    Topic,
)
from members.imports.cells import without_resident_number

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ALL = ("", _("All"))
KINDS = ("pdf", "hwp", "hwpx", "jpeg", "png")
KINDS_TOLD = _("PDF, HWP, HWPX, JPEG or PNG, up to 10 MB.")
MAX_BYTES = 10 * 1024 * 1024


class NoPersonalNumbers:
    """A form in whose words no 주민등록번호 may stand (개인정보 보호법 §24-2): whoever pasted
    one is told where, and nothing is kept."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data  # type: ignore[misc]
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and without_resident_number(value) != value:
                self.add_error(  # type: ignore[attr-defined]
                    name,
                    _("This looks like a resident registration number. Please take it out."),
                )
        return cleaned


class UploadForm(forms.Form):
    upload = CheckedFileField(
        label=_("File"), kinds=KINDS, max_bytes=MAX_BYTES, help_text=KINDS_TOLD
    )


# What visitors and members fill in ---------------------------------------------------------------


class BoardFilter(forms.Form):
    """``/community/<board>/?q=&topic=&branch=&open=1``; what makes no sense is ignored, and what a
    board does not have is not there."""

    q = forms.CharField(
        label=_("Title or text"), required=False, max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("All topics")), *Topic.choices]
    )
    branch = forms.ModelChoiceField(
        Branch.objects.shown(),
        label=_("Branch"),
        to_field_name="code",
        empty_label=_("All branches"),
        required=False,
    )
    open = forms.BooleanField(label=_("Only what can still be applied for"), required=False)

    def __init__(self, data: Any, *, board: Board) -> None:
        super().__init__(data)
        has = {
            "topic": board is Board.FAQ,
            "branch": board.takes_branches,
            "open": board is Board.CALLS,
        }
        for name in [name for name, there in has.items() if not there]:
            del self.fields[name]
        self.is_valid()

    def narrow(self, posts: PostQuerySet, *, reads_locked: bool) -> PostQuerySet:
        asked = self.cleaned_data
        rows = posts.matching(asked.get("q", ""), reads_locked=reads_locked)
        if asked.get("topic"):
            rows = rows.filter(topic=asked["topic"])
        if asked.get("branch"):
            rows = rows.filter(branch=asked["branch"])
        return rows.open_on(clock.today()) if asked.get("open") else rows


class OwnPostForm(NoPersonalNumbers, forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    body = forms.CharField(
        label=pgettext_lazy("of a post", "Text"),
        max_length=8000,
        widget=forms.Textarea({"rows": 10}),
        help_text=_("Addresses that begin with https:// become links."),
    )
    upload = CheckedFileField(
        label=_("File"),
        required=False,
        kinds=KINDS,
        max_bytes=MAX_BYTES,
        help_text=KINDS_TOLD,
    )


class CommentForm(NoPersonalNumbers, forms.Form):
    body = forms.CharField(
        label=pgettext_lazy("below a post", "Comment"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )


class AbuseForm(NoPersonalNumbers, forms.Form):
    kind = forms.ChoiceField(
        label=_("What is wrong"), choices=AbuseReport.Kind.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your own words"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class ContributorForm(NoPersonalNumbers, forms.ModelForm):
    agree = forms.BooleanField(
        label=_("Name me on the page of contributors, which everybody can read."),
        help_text=_("Your name and the words above. You can take this back here at any time."),
    )

    class Meta:
        model = Contributor
        fields = ("intro",)
        widgets = {"intro": forms.Textarea({"rows": 2})}
        help_texts = {"intro": _("What you write about, in a sentence or two.")}


# What the staff fill in --------------------------------------------------------------------------


class PostFilter(OfBranchesFilter):
    field_order = ("q", "board", "state", "branch")
    q = forms.CharField(label=_("Title or text"), required=False, max_length=LONGEST_SEARCH)
    board = forms.ChoiceField(
        label=pgettext_lazy("of posts", "Board"), required=False, choices=[ALL, *Board.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *Post.State.choices])

    def narrow(self, posts: PostQuerySet) -> PostQuerySet:
        asked = self.cleaned_data
        rows = posts.on(asked.get("board", "")).matching(asked.get("q", ""))
        if asked.get("branch"):
            rows = rows.filter(branch=asked["branch"])
        return rows.in_state(asked.get("state", ""), clock.now())


class PostForm(NoPersonalNumbers, forms.ModelForm):
    """For the boards and branches for which this person may write. What one board alone has, is
    asked for there and kept empty elsewhere."""

    OF_BOARDS: dict[str, tuple[Board, ...]] = {
        "topic": (Board.FAQ,),
        "deadline_on": (Board.CALLS,),
        "outlet_ko": (Board.PRESS,),
        "outlet_en": (Board.PRESS,),
        "printed_on": (Board.PRESS,),
        "url": (Board.PRESS,),
        "for_members": (Board.CALLS, Board.FILES),
    }
    NEEDED = ("topic", "outlet_ko", "printed_on", "url")
    url = forms.URLField(
        label=_("Address of the report"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    class Meta:
        model = Post
        fields = (
            "branch",
            "title_ko",
            "title_en",
            "body_ko",
            "body_en",
            "topic",
            "deadline_on",
            "outlet_ko",
            "outlet_en",
            "printed_on",
            "url",
            "until_on",
            "for_members",
            "is_pinned",
        )
        widgets = {
            "deadline_on": DATE,
            "printed_on": DATE,
            "until_on": DATE,
            "body_ko": forms.Textarea({"rows": 8}),
            "body_en": forms.Textarea({"rows": 8}),
        }
        help_texts = {
            "title_en": _("Empty: English readers see the Korean title."),
            "body_en": _("Empty: English readers see the Korean text."),
            "body_ko": _("Addresses that begin with https:// become links."),
            "outlet_en": _("Empty: English readers see the Korean name."),
            "until_on": _("The last day on the page. Empty: until it is taken down."),
            "deadline_on": _("The last day to apply. Empty: there is none."),
            "for_members": _("Others see the title alone."),
        }

    def __init__(self, *args: Any, board: Board, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.board = board
        self.instance.board = board
        for name, boards in self.OF_BOARDS.items():
            if board not in boards:
                del self.fields[name]
            elif name in self.NEEDED:
                self.fields[name].required = True
        if board is Board.PRESS:
            for name in ("body_ko", "body_en"):
                self.fields[name].help_text = _(
                    "Two lines of your own: no text of the newspaper's."
                )
                self.fields[name].widget = forms.Textarea({"rows": 3})
        self.fields["branch"].queryset = branches
        if self.instance.pk:
            del self.fields["branch"]  # it is that branch that announced it
        elif len(branches) == 1:
            self.fields["branch"].initial = branches[0]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Enter an address that begins with https://."))
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        until, deadline = cleaned.get("until_on"), cleaned.get("deadline_on")
        if until and deadline and until < deadline:
            self.add_error("until_on", _("It would leave the page before its deadline."))
        if self.board is Board.PRESS:
            for name in ("body_ko", "body_en"):
                if len(cleaned.get(name) or "") > 300:
                    self.add_error(name, _("At most 300 characters: a summary, no article."))
        return cleaned


class PublishForm(forms.Form):
    on = forms.DateField(
        label=_("On the page from"),
        required=False,
        widget=DATE,
        help_text=_("Empty: at once."),
    )


class ReasonForm(NoPersonalNumbers, forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class AbuseFilter(OfBranchesFilter):
    field_order = ("status", "branch")
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[ALL, *AbuseReport.Status.choices]
    )

    def narrow(self, reports: AbuseReportQuerySet) -> AbuseReportQuerySet:
        asked = self.cleaned_data
        rows = reports.in_status(asked.get("status", ""))
        return rows.filter(post__branch=asked["branch"]) if asked.get("branch") else rows
