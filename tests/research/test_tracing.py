"""What turned up somewhere is a stranger's file: it may be packed against whoever unpacks it."""

import base64
import io
import zlib

import pikepdf
import pytest
from pikepdf import Array, Encryption, Name, Pdf, Stream

from research import tracing
from research.models import Download
from tests.conftest import Cast

HIDDEN = b"% KOSNA:ABCDEFGH23456789 "


def pdf_of(content: bytes, *filters: str) -> bytes:
    """A PDF with a stream that is packed already, as the filters say."""
    pdf = Pdf.new()
    pdf.add_blank_page()
    part = Stream(pdf, content)
    if filters:
        part.Filter = Array([Name(each) for each in filters])
    pdf.Root.Found = pdf.make_indirect(part)
    out = io.BytesIO()
    pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return out.getvalue()


@pytest.mark.parametrize(
    ("packed", "filters"),
    [
        (HIDDEN, ()),
        (zlib.compress(HIDDEN), ("/FlateDecode",)),
        (zlib.compress(zlib.compress(HIDDEN)), ("/FlateDecode",) * 2),
        (base64.a85encode(zlib.compress(HIDDEN)) + b"~>", ("/ASCII85Decode", "/FlateDecode")),
        (HIDDEN.hex().encode() + b">", ("/ASCIIHexDecode",)),
        (bytes([len(HIDDEN) - 1]) + HIDDEN + b"\x80", ("/RunLengthDecode",)),
    ],
)
def test_a_stamp_is_found_however_it_is_packed(packed: bytes, filters: tuple[str, ...]) -> None:
    assert tracing.serials_in(pdf_of(packed, *filters)) == {"ABCDEFGH23456789"}


def test_damaged_streams_hide_nothing_beside_them() -> None:
    for packed, filters in [
        (b"x", ("/FlateDecode",)),
        (b"\xff{", ("/ASCII85Decode",)),
        (b"xyz", ("/ASCIIHexDecode",)),
        (b"x", ("/Nonsense", "/FlateDecode")),
    ]:
        assert tracing.serials_in(pdf_of(packed, *filters) + HIDDEN) == {"ABCDEFGH23456789"}


def test_no_more_is_unpacked_than_a_stamp_needs() -> None:
    bomb = zlib.compress(zlib.compress(bytes(50_000_000), 9), 9)
    with Pdf.open(io.BytesIO(pdf_of(bomb, "/FlateDecode", "/FlateDecode"))) as pdf:
        assert sum(map(len, tracing._parts(pdf))) <= tracing.MOST_STREAM
    rare = bytes([129, 0]) * tracing.MOST_OTHERWISE_PACKED
    with Pdf.open(io.BytesIO(pdf_of(rare, "/RunLengthDecode"))) as pdf:
        assert not b"".join(tracing._parts(pdf)).strip(b"\0")


@pytest.mark.django_db
def test_a_file_of_very_many_serials_is_answered() -> None:
    content = b"".join(b"KOSNA:%016d " % number for number in range(300_000))
    assert not tracing.downloads_of(content).exists()


@pytest.mark.parametrize("owner_only", [False, True])
def test_a_locked_file_is_told_of_with_the_way_on(cast: Cast, login, owner_only: bool) -> None:
    """What only may not be printed can be read, and is."""
    out = io.BytesIO()
    with Pdf.open(io.BytesIO(pdf_of(b"x"))) as pdf:
        pdf.save(out, encryption=Encryption(owner="o", user="" if owner_only else "u"))
    page = login("auditor").post("/staff/downloads/trace/", {"pdf": io.BytesIO(out.getvalue())})
    assert page.status_code == (200 if owner_only else 422)
    told = page.context_data["form"].errors.get("pdf", [])
    assert told == ([] if owner_only else [tracing.LOCKED])


def test_a_serial_is_found_however_it_is_typed(cast: Cast, make_report) -> None:
    report = make_report()
    for serial in ("ABCDEFGH23456789", "ABCDEFGH3456789A", "ZYXWVUTS23456789"):
        Download.objects.create(report=report, user=cast.regular, serial=serial)

    def found(typed: str) -> list[str]:
        return list(Download.objects.search(typed).order_by("pk").values_list("serial", flat=True))

    for typed in (
        "abcd efgh 2345 6789", "abcd-efgh-2345-6789", "ABCDEFGH.23456789", "ABCDＥＦＧＨ23456789",
        "serial abcdefgh23456789", "KST ABCDEFGH23456789", "abcdefgh2",
        "abcd efgh 23",
    ):  # fmt: skip
        assert found(typed) == ["ABCDEFGH23456789"], typed
    assert found("abcdef") == ["ABCDEFGH23456789", "ABCDEFGH3456789A"]  # there are several
    assert found("abcde") == found("bcdefgh") == found("ABCDEFGH2345678Z") == []
