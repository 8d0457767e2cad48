"""Files from strangers: decided by what they are, decoded for real, stored under a name of ours.

`check_document` returns bytes that are safe to keep or raises ValidationError with the reason.
Pictures are decoded and drawn anew, which drops their EXIF, their thumbnails and whatever hid
behind them.
"""

import hashlib
import io
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pikepdf
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from kosna.core import hancom
from kosna.core.unpacking import TooMuch, must_be_bounded

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = (
    24_000_000  # a 10 KB PNG can hold 81 million; Pillow itself only objects to 179 million
)
MAX_PAGES = 2_000

_MAGIC = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
_SUFFIXES = {
    "pdf": {".pdf"}, "jpeg": {".jpg", ".jpeg"}, "png": {".png"}, "hwp": {".hwp"}, "hwpx": {".hwpx"},
}  # fmt: skip
_EXTENSION = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png", "hwp": ".hwp", "hwpx": ".hwpx"}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "hwp": "application/x-hwp",
    "hwpx": "application/hwp+zip",
}


@dataclass(frozen=True)
class Checked:
    """A file that passed: its clean bytes, its size in pixels or pages, and the name people gave
    it."""

    kind: str
    content: bytes
    display_name: str
    width: int = 0
    height: int = 0
    pages: int = 0

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.kind]

    def file(self) -> ContentFile:
        """What a FileField stores: clean bytes under a random name."""
        return ContentFile(self.content, name=random_name(self.kind))


def random_name(kind: str) -> str:
    return secrets.token_urlsafe(24) + _EXTENSION[kind]


@deconstructible
class RandomPath:
    """`upload_to` of a FileField: a folder and 192 random bits; of the given name only the
    extension stays, and only when it is one of ours."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, instance: object, filename: str) -> str:
        suffix = PurePath(filename).suffix.lower()
        suffix = suffix if suffix in set().union(*_SUFFIXES.values()) else ".bin"
        return f"{self.folder}/{secrets.token_urlsafe(24)}{suffix}"


def display_name(name: str) -> str:
    """The sender's file name, fit to be shown and to be offered as a download: no path, no control
    or direction characters (which can make "gpj.exe" read "exe.jpg"), at most 120 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = " ".join(re.sub(r'[<>:"|?*;]', "_", name).split()).strip(". ")
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    return (stem[: 120 - len(suffix)] + suffix) or "file"


def check_document(
    upload: UploadedFile,
    *,
    kinds: Collection[str] = ("pdf", "jpeg", "png"),
    max_bytes: int = MAX_BYTES,
) -> Checked:
    """Decides by the first bytes, then by decoding everything. Reads the upload wholly, once."""
    if not upload.size:
        raise ValidationError(_("This file is empty."), code="empty")
    if upload.size > max_bytes:
        raise ValidationError(
            _("This file is larger than %(limit)s MB."),
            code="too_large",
            params={"limit": max_bytes // (1024 * 1024)},
        )
    upload.seek(0)
    content = upload.read(max_bytes + 1)
    kind = _kind_of(content)
    if kind not in kinds:
        raise ValidationError(
            _("This is not a file of an accepted kind (%(kinds)s)."),
            code="wrong_kind",
            params={"kinds": ", ".join(k.upper() for k in sorted(kinds))},
        )
    name = display_name(upload.name or "")
    if PurePath(name).suffix.lower() not in _SUFFIXES[kind]:
        raise ValidationError(
            _("The name of this file does not match its content, which is %(kind)s."),
            code="wrong_name",
            params={"kind": kind.upper()},
        )
    if kind == "pdf":
        return _checked_pdf(content, name)
    if kind in ("hwp", "hwpx"):
        return _checked_hancom(content, name, kind)
    return _checked_picture(content, name, kind)


def _kind_of(content: bytes) -> str:
    """What it says of itself; empty: nothing that is known here."""
    if hancom.is_hwpx(content):
        return "hwpx"
    if hancom.is_hwp(content):
        return "hwp"
    return next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")


def _checked_hancom(content: bytes, name: str, kind: str) -> Checked:
    check = hancom.check_hwp if kind == "hwp" else hancom.check_hwpx
    try:
        check(content)
    except hancom.Damaged as error:
        raise ValidationError(
            _("This document is damaged and cannot be read."), code="damaged"
        ) from error
    except hancom.Protected as error:
        raise ValidationError(
            _("This document is protected. Please save it without a password."), code="protected"
        ) from error
    except hancom.Active as error:
        raise ValidationError(
            _(
                "This document contains scripts, or files that are no pictures."
                " Please save it without them, or as a PDF."
            ),
            code="active",
        ) from error
    except TooMuch as error:
        raise ValidationError(
            _("This document unpacks to far more than its size. Please make its pictures smaller."),
            code="unpacks_too_far",
        ) from error
    return Checked(kind, content, name)


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("This picture is too large: at most %(limit)s million pixels."),
        code="too_many_pixels",
        params={"limit": MAX_PIXELS // 1_000_000},
    )


def _checked_picture(content: bytes, name: str, kind: str) -> Checked:
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as picture:
            # The header alone tells the size: refuse before a single pixel is unpacked.
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_many_pixels()
            upright = ImageOps.exif_transpose(picture)
            alpha = kind == "png" and upright.has_transparency_data
            upright = upright.convert("RGBA" if alpha else "RGB")
            upright.info.clear()
            clean = io.BytesIO()
            upright.save(clean, format=kind.upper(), quality=90)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # decoders meet hostile bytes with many kinds of exception
        raise ValidationError(
            _("This picture is damaged and cannot be read."), code="damaged"
        ) from error
    return Checked(kind, clean.getvalue(), name, width=upright.width, height=upright.height)


# Keys under which a PDF runs something, fetches something or carries files.
_ACTIVE_KEYS = ("/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA")
_ACTIVE_ACTIONS = (
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/Rendition",
    "/RichMedia",
)


def _is_active(item: pikepdf.Object) -> bool:
    """Whether a dictionary, or one nested directly in it, could act. Every indirect object is
    visited by the caller, so only direct children need to be walked."""
    pending = [item]
    while pending:
        current = pending.pop()
        if isinstance(current, pikepdf.Array):
            children = list(current)
        elif isinstance(current, pikepdf.Dictionary | pikepdf.Stream):
            if any(key in current for key in _ACTIVE_KEYS):
                return True
            if current.get("/S") in _ACTIVE_ACTIONS or current.get("/Type") == "/Filespec":
                return True
            children = [current[key] for key in current.keys()]  # noqa: SIM118 - not a dict
        else:
            continue
        pending.extend(c for c in children if isinstance(c, pikepdf.Object) and not c.is_indirect)
    return False


def _checked_pdf(content: bytes, name: str) -> Checked:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if any("reconstruct" in warning for warning in pdf.get_warnings()):
                raise ValueError("a part of it is missing")
            encrypted = pdf.is_encrypted
            pages = len(pdf.pages)
            if not encrypted:
                must_be_bounded(pdf)
            active = not encrypted and any(_is_active(item) for item in pdf.objects)
    except pikepdf.PasswordError:
        encrypted, pages, active = True, 0, False
    except TooMuch as error:
        raise ValidationError(
            _(
                "This PDF unpacks to far more than its size."
                " Please print it to a new PDF, or make its pictures smaller."
            ),
            code="unpacks_too_far",
        ) from error
    except Exception as error:  # qpdf meets hostile bytes with many kinds of exception
        raise ValidationError(
            _("This PDF is damaged and cannot be read."), code="damaged"
        ) from error
    if encrypted:
        raise ValidationError(
            _("This PDF is protected. Please save it without a password."), code="protected"
        )
    if active:
        raise ValidationError(
            _(
                "This PDF contains scripts, forms that act, or attached files."
                " Please print it to a new PDF."
            ),
            code="active",
        )
    if not 0 < pages <= MAX_PAGES:
        raise ValidationError(_("This PDF has no pages, or too many."), code="pages")
    return Checked("pdf", content, name, pages=pages)


def discard(file: FieldFile) -> None:
    """Takes a stored file away, once the change that forgets it is committed."""
    storage, name = file.storage, str(file.name)
    transaction.on_commit(lambda: storage.delete(name))


class CheckedFileField(forms.FileField):
    """A file input whose cleaned value is a `Checked` (or None when nothing was chosen)."""

    def __init__(
        self,
        *,
        kinds: Collection[str] = ("pdf", "jpeg", "png"),
        max_bytes: int = MAX_BYTES,
        **kwargs: Any,
    ) -> None:
        self.kinds, self.max_bytes = kinds, max_bytes
        super().__init__(
            allow_empty_file=True, **kwargs
        )  # emptiness is check_document's to explain

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            return check_document(upload, kinds=self.kinds, max_bytes=self.max_bytes)
        return upload or None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        accept = ",".join(sorted(set().union(*(_SUFFIXES[kind] for kind in self.kinds))))
        return {**super().widget_attrs(widget), "accept": accept}
