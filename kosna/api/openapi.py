"""The OpenAPI 3.1 document, written from the declarations by which requests are checked."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.api.models import Scope
from kosna.api.operations import HEADERS, Operation, Resource
from kosna.api.problems import TITLES, TYPE
from kosna.api.shapes import Part, Schema, Several, Shape, text, whole

VERSION = "1.0.0"
PROBLEM = Shape(
    "Problem",
    {
        "type": Part(text(200)),
        "title": Part(text(200)),
        "status": Part(whole(400, 599)),
        "detail": Part(text(2_000), required=False),
        "errors": Part(
            Several(
                Shape("Error", {"pointer": Part(text(200)), "detail": Part(text(2_000))}), 10_000
            ),
            required=False,
        ),
    },
)
# Of a path: "<slug:slug>" is a part of an address as Django reads it.
PARAMETER = re.compile(r"<slug:(\w+)>")
SLUG = text(80, least=1, pattern="^[-a-zA-Z0-9_]+$")


def document() -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": str(_("API of the association's portal")),
            "version": VERSION,
            "description": str(_("For devices at the door and for programs of a branch.")),
        },
        "servers": [{"url": base()}],
        "security": [{"key": []}],
        "paths": {path_of(resource): _operations(resource) for resource in Resource.ALL},
        "components": {
            "schemas": {shape.name: shape.component() for shape in shapes()},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def base() -> str:
    return f"{settings.SITE_URL}{reverse('api:guide')}".rstrip("/")


def path_of(resource: Resource) -> str:
    return "/" + PARAMETER.sub(r"{\1}", resource.pattern)


def shapes() -> list[Shape]:
    """Each once, in the order in which they are met; queries are parameters, not shapes."""
    met = {shape.name: shape for root in _roots() for shape in root.shapes()}
    return list(met.values())


def _roots() -> Iterator[Shape]:
    for resource in Resource.ALL:
        for operation in resource.operations.values():
            yield operation.answer
            if operation.body:
                yield operation.body
    yield PROBLEM


def _operations(resource: Resource) -> Schema:
    facts: Schema = {
        method.lower(): _operation(operation) for method, operation in resource.operations.items()
    }
    names = PARAMETER.findall(resource.pattern)
    if names:
        facts["parameters"] = [_parameter(name, "path", SLUG.schema(), True) for name in names]
    return facts


def _parameter(name: str, where: str, schema: Schema, required: bool, about: str = "") -> Schema:
    facts: Schema = {"name": name, "in": where, "required": required, "schema": schema}
    return facts | {"description": about} if about else facts


def _operation(operation: Operation) -> Schema:
    facts: Schema = {
        "operationId": operation.name,
        "summary": str(operation.summary),
        "description": scopes_told(operation),
        "parameters": list(_parameters(operation)),
        "responses": {
            str(operation.status): _good(operation),
            **({"304": {"description": str(_("As you have it"))}} if operation.is_safe else {}),
            **{str(status): _bad(status) for status in operation.problems},
        },
    }
    if operation.body:
        facts["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": operation.body.schema()}},
        }
    return facts


def scopes_told(operation: Operation) -> str:
    return " · ".join(f"{scope}: {Scope(scope).label}" for scope in sorted(operation.scopes))


def _parameters(operation: Operation) -> Iterator[Schema]:
    for name, part in operation.query.parts.items() if operation.query else ():
        yield _parameter(name, "query", part.kind.schema(), part.required, str(part.about))
    for name, is_required in operation.headers.items():
        yield _parameter(name, "header", HEADERS[name].schema(), is_required)


def _good(operation: Operation) -> Schema:
    facts: Schema = {
        "description": str(operation.summary),
        "content": {"application/json": {"schema": operation.answer.schema()}},
    }
    if operation.is_safe:
        facts["headers"] = {"ETag": {"schema": {"type": "string"}}}
    return facts


def _bad(status: int) -> Schema:
    facts: Schema = {
        "description": str(TITLES[status]),
        "content": {TYPE: {"schema": PROBLEM.schema()}},
    }
    if status == 429:
        facts["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return facts
