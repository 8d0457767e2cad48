"""Ways into the library: authors, feeds, sample pages, citations. All of it is what the public page
of a report shows; nothing here leads to a file."""

import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.methods import require_safe
from kosna.core.pagecache import LONGEST, pages
from members.viewing import reader_of
from research import citations, library, pictures
from research.models import Author, Report, SamplePage

FEED_SHOWN = 30
COVER_KEPT = 24 * 3600  # seconds; a changed report has another one
UNHELD_IN_XML = re.compile("[\0-\b\v\f\x0e-\x1f\ufffe\uffff]")


@login_not_required
@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """An author of something that has come out; another one does not exist yet."""
    now = clock.now()
    row = get_object_or_404(Author, slug=slug)
    published = Report.objects.published(now).filter(authorships__author=row)
    if not published.exists():
        raise Http404
    page = Paginator(published.for_lists().newest(), library.PER_PAGE).get_page(
        request.GET.get("page")
    )
    return TemplateResponse(
        request,
        "research/author.html",
        {
            "author": row,
            "page": page,
            "shelved": library.shelve(page.object_list, reader_of(request), now),
        },
    )


@login_not_required
@require_safe
def sample(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """A page that the editors chose to show, of a report that is out."""
    pages = SamplePage.objects.filter(report__in=Report.objects.published())
    row = get_object_or_404(pages, report__slug=slug, number=number)
    return FileResponse(
        row.picture.storage.open(row.picture.name, "rb"),
        content_type="image/png",
        headers={"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"},
    )


@login_not_required
@require_safe
def cover(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The picture of a shared link, of a report that is out; kept, and by caches in between for as
    long as a kept page may be behind."""
    report = get_object_or_404(
        Report.objects.published().only("slug", "topic", "title_ko", "title_en", "version"),
        slug=slug,
    )
    if language not in ("ko", "en"):
        raise Http404
    key = f"cover:{report.pk}:{language}"
    kept = pages.get(key)
    if not kept or kept[0] != report.version:
        with translation.override(language):
            kept = report.version, pictures.share_picture(report, language)
        pages.set(key, kept, COVER_KEPT)
    return HttpResponse(
        kept[1],
        content_type="image/png",
        headers={
            "Cache-Control": f"public, max-age={LONGEST}",
            "Content-Language": language,
            "X-Content-Type-Options": "nosniff",
        },
    )


@login_not_required
@require_safe
def cite(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    report = get_object_or_404(Report.objects.published(), slug=slug)
    if kind not in citations.FILES:
        raise Http404
    content_type, write = citations.FILES[kind]
    return HttpResponse(
        write(report),
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{report.slug}.{kind}"'},
    )


def _in_xml(text: str) -> str:
    """Without what XML cannot hold, such as the page feeds that come with a text from a PDF."""
    return UNHELD_IN_XML.sub(" ", text)


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest reports as Atom, of one topic with ``?topic=``: titles, authors, abstracts, and
    the address of the public page. The same for everybody, whoever is signed in."""
    reports = Report.objects.published()
    topic = request.GET.get("topic", "")
    if topic in Report.Topic.values:
        reports = reports.filter(topic=topic)
    home = f"{settings.SITE_URL}/research/"
    atom = Atom1Feed(
        title=_("Research library"),
        link=home,
        description="",
        language=get_language(),
        feed_url=f"{settings.SITE_URL}{request.path}",
        author_name=settings.ASSOCIATION["name_en" if get_language() == "en" else "name_ko"],
    )
    for report in reports.newest().defer("search_text", "search_initials")[:FEED_SHOWN]:
        atom.add_item(
            title=_in_xml(report.title),
            link=f"{settings.SITE_URL}{report.get_absolute_url()}",
            description=_in_xml(report.abstract),
            author_name=_in_xml(report.authors),
            pubdate=report.published_at,
            updateddate=report.published_at,
            unique_id=f"{home}{report.slug}/",
            categories=[str(report.get_topic_display())],
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)
