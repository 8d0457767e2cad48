"""The API described: for programs, and for people."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import translation

from kosna.api import openapi as described
from kosna.api.actions import MOST_A_MINUTE
from kosna.api.operations import Resource
from kosna.api.problems import TITLES, language_of
from kosna.core.methods import require_safe


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    with translation.override(language):
        return JsonResponse(
            described.document(),
            json_dumps_params={"ensure_ascii": False},
            headers={"Content-Language": language, "Vary": "Accept-Language"},
        )


@login_not_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    operations = [
        {
            "id": operation.name,
            "method": operation.method,
            "path": described.path_of(resource),
            "summary": operation.summary,
            "scopes": sorted(operation.scopes),
            "operation": operation,
        }
        for resource in Resource.ALL
        for operation in resource.operations.values()
    ]
    shapes = [
        {"name": shape.name, "parts": [_part(shape, name) for name in shape.parts]}
        for shape in described.shapes()
    ]
    return TemplateResponse(
        request,
        "api/guide.html",
        {
            "base": described.base(),
            "operations": operations,
            "shapes": shapes,
            "problems": TITLES.items(),
            "most_a_minute": MOST_A_MINUTE,
        },
    )


def _part(shape: described.Shape, name: str) -> dict[str, object]:
    part = shape.parts[name]
    return {
        "name": name,
        "required": part.required,
        "kind": _in_words(part.kind.schema()),
        "about": part.about,
    }


def _in_words(schema: described.Schema) -> str:
    """A schema as people write it: ``string (date-time)``, ``Ticket[]``, ``integer | null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_in_words(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"“{value}”" for value in schema["enum"])
    if schema["type"] == "array":
        return _in_words(schema["items"]) + "[]"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    told = " | ".join(kinds)
    return f"{told} ({schema['format']})" if "format" in schema else told
