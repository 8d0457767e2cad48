"""What a load balancer and an operator ask."""

import shutil
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from kosna.core import batches, clock
from kosna.core.middleware import Handler
from kosna.mail.models import Message

LEAST_FREE_BYTES = 200 * 1024 * 1024
OLDEST_MAIL = OLDEST_BATCH = timedelta(minutes=15)
WORKERS_CHECKS = ("mail", "batches")
PROBES = ("/healthz", "/readyz")


class ProbeMiddleware:
    """A container and a balancer ask by address, not by name: for their two questions, which say
    the same to everybody, the Host is ours."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            request.META["HTTP_HOST"] = urlsplit(settings.SITE_URL).netloc
        return self.get_response(request)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """The portal can serve: database, migrations, static files, disk, and a worker that keeps up.
    Says only which of these holds, nothing about the machine."""
    checks = {"database": False, "migrations": False, "mail": False, "batches": False}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        if checks["migrations"]:
            checks["mail"] = not Message.objects.filter(
                status=Message.Status.QUEUED, due_at__lt=clock.now() - OLDEST_MAIL
            ).exists()
            checks["batches"] = not batches.are_left_since(clock.now() - OLDEST_BATCH)
    except DatabaseError:
        pass
    checks["static"] = has_static_files()
    checks["disk"] = shutil.disk_usage(settings.VAR_DIR).free > LEAST_FREE_BYTES
    # Late mail and late long work are a worker's trouble: the web still serves, so they are told
    # but do not take the portal out of the balancer.
    is_ready = all(serves for check, serves in checks.items() if check not in WORKERS_CHECKS)
    return JsonResponse(checks, status=200 if is_ready else 503)


def has_static_files() -> bool:
    """Without the manifest that collectstatic writes, every page is an error."""
    try:
        return bool(staticfiles_storage.url("icon.svg"))
    except ValueError:
        return False
