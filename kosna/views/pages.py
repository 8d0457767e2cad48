"""Pages about the association, the choice of language, and what robots may read."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from kosna.accounts.actions import current_policy
from kosna.accounts.models import Policy, User
from kosna.accounts.requests import LANGUAGES, remember_language
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.methods import require_POST

PAGES = (
    "greeting",
    "history",
    "organisation",
    "bylaws",
    "directions",
    "ci",
    "no-email-collection",
)


@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(
        request, "about/about.html", {"branches": Branch.objects.shown(), "page": "about"}
    )


@login_not_required
def about_page(request: HttpRequest, page: str) -> HttpResponse:
    if page not in PAGES:
        raise Http404
    return TemplateResponse(request, f"about/{page}.html", {"page": page})


@login_not_required
def policy(request: HttpRequest, kind: str) -> HttpResponse:
    """The text in effect, what is announced, and what held before."""
    current = current_policy(Policy.Kind(kind))
    others = list(Policy.objects.filter(kind=kind).exclude(pk=current.pk))
    today = clock.today()
    return TemplateResponse(
        request,
        "about/policy.html",
        {
            "policy": current,
            "announced": [row for row in others if row.effective_on > today],
            "earlier": [row for row in others if row.effective_on <= today],
            "page": kind,
        },
    )


@csrf_exempt  # changes nothing but the language shown, and cached pages carry no token
@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target, status=303)
    language = request.POST.get("language")
    if language in LANGUAGES:
        remember_language(response, language)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response


@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /me/", "Disallow: /staff/", "Disallow: /accounts/"]
    lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
