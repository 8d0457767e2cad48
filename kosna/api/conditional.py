"""What an asker has already is not sent again (RFC 9110 §8.8.3, §13.1.2). Asked last: whoever may
not see a thing is not told either that it is unchanged."""

from hashlib import sha256

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

_TAG = r'(W/)?"[!#-~]{0,80}"'
TAGS = rf"^(\*|{_TAG}(, ?{_TAG})*)$"


def tagged(response: HttpResponse, seen: str) -> HttpResponse:
    """With the tag of just what it says, behind the version where there is one: seats that were
    sold make another answer of the same version. 304 where ``seen``, as If-None-Match has it, names
    it, marked weak on its way or not."""
    version = response.headers.get("ETag", "").strip('"')
    digest = sha256(response.content).hexdigest()[:16]
    tag = f'"{version}.{digest}"' if version else f'"{digest}"'
    known = {known.removeprefix("W/") for known in parse_etags(seen)}
    if known & {tag, "*"}:
        response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    return response


def bare(response: HttpResponse) -> HttpResponse:
    """As HEAD is answered: what GET would be, but for the body."""
    if response.status_code != 304:
        response.headers["Content-Length"] = str(len(response.content))
    response.content = b""
    return response
