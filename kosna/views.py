"""Home, the pages about the association, health, and the pages that say what went wrong."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST


@login_not_required
def home(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "home.html", {})


@login_not_required
def about(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "about.html", {})


@login_not_required
def about_page(request: HttpRequest, page: str) -> TemplateResponse:
    return TemplateResponse(request, f"about/{page}.html", {})


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
    if language in ("ko", "en"):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return response


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """The portal can serve: database, migrations, disk and the age of the queues."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return JsonResponse({"migrations": not pending}, status=503 if pending else 200)


@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /me/", "Disallow: /staff/", "Disallow: /accounts/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


def components(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "staff/components.html", {})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
