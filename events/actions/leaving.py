"""What an event leaves behind: files for those who came, and what they thought."""

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from events import surveys
from events.actions.running import touch
from events.models import Answered, Event, Material, Question, Registration, Remark, Tally
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.uploads import Checked
from members.models import Tier

MOST_MATERIALS = 50


@transaction.atomic
def add_material(
    event: Event,
    *,
    title_ko: str,
    title_en: str,
    upload: Checked,
    is_public: bool,
    for_those_who_came: bool,
    tiers: Iterable[Tier],
    by: User,
) -> Material:
    """Hands a checked file out to whom the organiser says."""
    if event.materials.count() >= MOST_MATERIALS:
        raise Refused(_("An event has at most %(n)s files.") % {"n": MOST_MATERIALS})
    material = Material(
        event=event,
        title_ko=title_ko,
        title_en=title_en,
        is_public=is_public,
        for_those_who_came=for_those_who_came,
        file_name=upload.display_name,
        content_type=upload.content_type,
        size=len(upload.content),
        added_by=by,
    )
    material.file.save(upload.display_name, upload.file(), save=False)
    material.save()
    material.tiers.set(tiers)
    touch(event)
    audit.record("events.add_material", event, by=by, title=title_ko, file=upload.display_name)
    return material


@transaction.atomic
def remove_material(material: Material, *, by: User) -> None:
    """Takes a file back. Its bytes go when the row is gone for good."""
    storage, name = material.file.storage, str(material.file.name)
    audit.record("events.remove_material", material.event, by=by, title=material.title_ko)
    material.delete()
    touch(material.event)
    transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def answer_survey(
    place: Registration, *, ticks: Mapping[int, int], words: Mapping[int, str]
) -> None:
    """Counts the answers of somebody who came, once: ``ticks`` and ``words`` by question id. What
    was said is kept apart from who said it, and nothing is recorded of it (decision 28)."""
    row = Registration.objects.select_related("event", "check_in").get(pk=place.pk)
    if reason := surveys.why_not(row, clock.now()):
        raise Refused(reason)
    questions = {question.pk: question for question in row.event.questions.all()}
    _refuse_nonsense(questions, ticks, words)
    try:
        with transaction.atomic():
            Answered.objects.create(registration=row)
    except IntegrityError:
        raise Refused(_("You have answered. Thank you.")) from None
    for question, value in sorted(ticks.items()):
        Tally.objects.get_or_create(question_id=question, value=value)
        Tally.objects.filter(question=question, value=value).update(count=F("count") + 1)
    Remark.objects.bulk_create(
        Remark(question_id=question, text=text.strip())
        for question, text in words.items()
        if text.strip()
    )


def _refuse_nonsense(
    questions: Mapping[int, Question], ticks: Mapping[int, int], words: Mapping[int, str]
) -> None:
    for pk, question in questions.items():
        is_text = question.kind == Question.Kind.TEXT
        said = bool(words.get(pk, "").strip()) if is_text else pk in ticks
        if question.is_required and not said:
            raise Refused(_("Please answer: %(question)s") % {"question": question.text})
        if not is_text and pk in ticks and ticks[pk] not in dict(question.options):
            raise Refused(_("That is none of the answers: %(question)s") % {"question": question})
    if {*ticks, *words} - {*questions}:
        raise Refused(_("The questions have changed. Reload the page and answer again."))
