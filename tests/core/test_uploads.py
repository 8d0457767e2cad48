"""What strangers send: each trick is refused for its own reason, and an honest file passes."""

import base64
import io
import struct
import zlib

import pikepdf
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kosna.core.uploads import CheckedFileField, RandomPath, check_document, display_name


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **save) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#2153d6").save(out, kind, **save)
    return out.getvalue()


def pdf(change=None, **save) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if change:
            change(document)
        document.save(out, **save)
    return out.getvalue()


def png_bomb(side: int) -> bytes:
    """A black PNG of side × side pixels in a few kilobytes."""

    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side // 8 + 2) * side, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def with_script(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_launch(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action, Rect=[0, 0, 9, 9]
    )
    document.pages[0].Annots = pikepdf.Array([link])


def with_file(document):
    document.attachments["evil.exe"] = b"MZ"


ZEROS = zlib.compress(bytes(300_000_000), 9)  # 300 KB


def with_packed(packed, *filters, **more):
    """A PDF with a stream that is packed so."""

    def change(document):
        names = [pikepdf.Name(name) for name in filters]
        stream = pikepdf.Stream(document, packed, Filter=pikepdf.Array(names), **more)
        document.pages[0].Contents = document.make_indirect(stream)

    return pdf(change)


def with_object_stream(packed):
    """A PDF whose page lies in a stream that qpdf has to unpack before it knows the page."""
    body, at = b"%PDF-1.5\n", {}
    for number, content in {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        4: b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream"
        % (len(packed), packed),
    }.items():
        at[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    rows = [(0, 0, 65535), (1, at[1], 0), (1, at[2], 0), (2, 4, 0), (1, at[4], 0)]
    rows.append((1, len(body), 0))
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    head = b"<</Type/XRef/W[1 4 2]/Size 6/Root 1 0 R/Length %d>>stream\n" % len(table)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"5 0 obj\n" + head + table + end


def page_in_a_stream(size):
    page = b"3 0 <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return with_object_stream(zlib.compress(page + b" " * size, 9))


EXE = b"MZ\x90\x00" + b"\0" * 200
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("license.pdf", EXE, "wrong_kind"),
        ("logo.svg", SVG, "wrong_kind"),
        ("logo.png", SVG, "wrong_kind"),
        ("page.pdf", b"<html><script>alert(1)</script>", "wrong_kind"),
        ("logo.gif", b"GIF89a" + b"\0" * 40, "wrong_kind"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"%PDF-1.7" + b"\0" * 2000, "damaged"),
        ("a.pdf", pdf()[:300], "damaged"),
        ("a.png", picture()[:60], "damaged"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 100, "damaged"),
        ("a.pdf", picture(), "wrong_name"),
        ("a.exe", pdf(), "wrong_name"),
        ("a.png", png_bomb(9000), "too_many_pixels"),
        ("a.png", png_bomb(20_000), "too_many_pixels"),
        ("a.pdf", pdf(with_script), "active"),
        ("a.pdf", pdf(with_launch), "active"),
        ("a.pdf", pdf(with_file), "active"),
        ("a.pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "protected"),
        ("a.pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="")), "protected"),
        ("a.pdf", pdf() + b"\0" * 1024 * 1024, "too_large"),
        ("a.pdf", with_packed(ZEROS, "/FlateDecode"), "unpacks_too_far"),
        (
            "a.pdf",
            with_packed(zlib.compress(ZEROS, 9), "/FlateDecode", "/FlateDecode"),
            "unpacks_too_far",
        ),
        (
            "a.pdf",
            with_packed(base64.a85encode(ZEROS) + b"~>", "/ASCII85Decode", "/FlateDecode"),
            "unpacks_too_far",
        ),
        (
            "a.pdf",
            with_packed(
                b"x", "/DCTDecode", Subtype=pikepdf.Name.Image, Width=40_000, Height=40_000
            ),
            "unpacks_too_far",
        ),
        ("a.pdf", page_in_a_stream(300_000_000), "unpacks_too_far"),
    ],
)
def test_trick_is_refused_for_its_reason(name, content, code):
    with pytest.raises(ValidationError) as refusal:
        check_document(upload(name, content), max_bytes=1024 * 1024)
    assert refusal.value.code == code
    assert refusal.value.messages


def test_bomb_is_small_and_would_open():
    """The negative twin: without our limit Pillow opens it with no more than a header check."""
    bomb = png_bomb(9000)
    assert len(bomb) < 20_000
    with Image.open(io.BytesIO(bomb)) as opened:
        assert opened.size == (9000, 9000)


def test_packed_pdf_is_small_and_would_unpack():
    """The negative twin: an honest file of the same make passes, and a bomb is that small."""
    assert check_document(upload("a.pdf", page_in_a_stream(1000))).pages == 1
    honest = with_packed(zlib.compress(bytes(1_000_000)), "/FlateDecode")
    assert check_document(upload("a.pdf", honest)).pages == 1
    assert len(with_packed(ZEROS, "/FlateDecode")) < 400_000


def test_picture_is_drawn_anew_without_its_exif_and_tail():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # rotated: the clean copy stands upright
    content = picture("JPEG", exif=exif) + b"<script>tail</script>"
    checked = check_document(upload("사진.JPG", content))
    assert (checked.kind, checked.display_name) == ("jpeg", "사진.JPG")
    assert (checked.width, checked.height) == (30, 40)
    assert b"secret" not in checked.content and b"tail" not in checked.content
    with Image.open(io.BytesIO(checked.content)) as clean:
        assert not clean.getexif()


def test_pdf_passes_with_its_pages_and_a_random_name():
    checked = check_document(upload("사업자등록증.pdf", pdf()))
    assert (checked.kind, checked.pages, checked.content_type) == ("pdf", 1, "application/pdf")
    first, second = checked.file(), checked.file()
    assert first.name != second.name and first.name.endswith(".pdf") and "사업자" not in first.name
    assert first.read() == checked.content


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\사업자.pdf", "사업자.pdf"),
        ("gpj\u202eexe.pdf", "gpjexe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("..", "file"),
        ("가" * 300 + ".pdf", "가" * 116 + ".pdf"),
    ],
)
def test_name_is_made_fit_to_show(given, shown):
    assert display_name(given) == shown


def test_storage_path_keeps_nothing_but_a_known_extension():
    path = RandomPath("applications")
    assert path(None, "../../x.PDF").startswith("applications/")
    assert path(None, "../../x.PDF").endswith(".pdf")
    assert path(None, "x.html").endswith(".bin")
    assert path(None, "x.pdf") != path(None, "x.pdf")


class Form(forms.Form):
    certificate = CheckedFileField(kinds=("pdf",), max_bytes=1024 * 1024, required=False)


def test_field_gives_the_checked_file_or_the_reason():
    form = Form({}, {"certificate": upload("a.pdf", pdf())})
    assert form.is_valid() and form.cleaned_data["certificate"].pages == 1
    form = Form({}, {"certificate": upload("a.pdf", EXE)})
    assert form.errors["certificate"].as_data()[0].code == "wrong_kind"
    form = Form({}, {"certificate": upload("a.pdf", b"")})
    assert form.errors["certificate"].as_data()[0].code == "empty"
    form = Form({}, {})
    assert form.is_valid() and form.cleaned_data["certificate"] is None
    assert Form().fields["certificate"].widget.attrs["accept"] == ".pdf"
