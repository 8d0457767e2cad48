"""HTML templates to PDF. The same facts give the same bytes."""

import atexit
import hashlib
import logging
import re
import threading
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from PIL import ImageFile

FONTS = Path(__file__).resolve().parent / "fonts"
# Pango's font map is shared by a process's documents and is not made for several threads at once.
_pango = threading.Lock()


@cache
def _engine() -> dict[str, Any]:
    """What every document of this process shares: fetcher, fonts and parsed style sheet.

    WeasyPrint is imported here, not above: it fails at import where Pango is not installed, and
    pages without PDFs must live on. Loading the fonts anew would take longer than a whole page.
    """
    import weasyprint  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    # WeasyPrint lets Pillow accept cut-off pictures, for the whole process: uploads must not.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    class OurFontsOnly(URLFetcher):
        """Reads the font folder and nothing else: no other file, no network, hence no redirect.

        WeasyPrint's own fetcher opens file:// URLs, and an attachment link would embed the file.
        """

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            parts = urlsplit(url)
            path = Path(unquote(parts.path)).resolve()
            if parts.scheme != "file" or parts.netloc or path.parent != FONTS:
                raise ValueError(f"a document may not fetch {url}")
            return URLFetcherResponse(url, path.read_bytes())

    fetcher, fonts = OurFontsOnly(), FontConfiguration()
    atexit.register(
        _engine.cache_clear
    )  # its copies of the fonts are removed while Python still can
    css = weasyprint.CSS(
        string=(settings.BASE_DIR / "templates/documents/documents.css").read_text("utf-8"),
        base_url=FONTS.as_uri() + "/",
        url_fetcher=fetcher,
        font_config=fonts,
    )
    return {"HTML": weasyprint.HTML, "fetcher": fetcher, "fonts": fonts, "css": css}


def association(language: str) -> dict[str, str]:
    """The association's name, president and address in one language, its numbers as they are."""
    facts = settings.ASSOCIATION
    plain = {key: value for key, value in facts.items() if not key.endswith(("_ko", "_en"))}
    suffix = f"_{language}"
    return plain | {k.removesuffix(suffix): v for k, v in facts.items() if k.endswith(suffix)}


_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?", re.ASCII)


def revive(value: Any) -> Any:
    """Frozen JSON with its ISO dates and instants as dates and datetimes again."""
    if isinstance(value, dict):
        return {key: revive(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revive(item) for item in value]
    if isinstance(value, str) and (match := _ISO.fullmatch(value)):
        try:
            return datetime.fromisoformat(value) if match[1] else date.fromisoformat(value)
        except ValueError:
            return value
    return value


def render_pdf(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """`documents/receipt.html` with its context as PDF bytes, in `language` ("ko" or "en").

    The context holds `facts` (the document's frozen JSON) and, where it can be verified,
    `verify_url` and `qr` (an SVG). The association's own facts are added.
    """
    facts = {"association": association(language), "is_demo": settings.IS_DEMO}
    with translation.override(language):
        html = get_template(template).render(
            {**facts, **context, "facts": revive(context["facts"]), "language": language}
        )
    with _pango:
        engine = _engine()
        document = engine["HTML"](string=html, url_fetcher=engine["fetcher"])
        return document.write_pdf(
            stylesheets=[engine["css"]],
            font_config=engine["fonts"],
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        )
