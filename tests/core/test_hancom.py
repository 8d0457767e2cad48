"""Documents of Hangul that strangers send: honest ones pass, and each trick is refused for its own
reason."""

import random
import struct
import time
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError

from kosna.core import hancom
from kosna.core.compound import Compound, Damaged
from kosna.core.uploads import RandomPath, check_document
from tests.core.hangul_files import (
    HEADER,
    MANIFEST,
    PARTS,
    STREAMS,
    bare,
    file_header,
    make_compound,
    make_hwp,
    make_hwpx,
    make_zip,
    script,
)
from tests.core.test_uploads import picture, upload

KINDS = ("pdf", "hwp", "hwpx", "jpeg", "png")
MUCH = bytes(20_000_000)


@pytest.fixture(autouse=True)
def less(monkeypatch):
    """Of the 256 MB that we unpack, so that bombs are quickly made."""
    monkeypatch.setattr(hancom, "MOST_UNPACKED", 10_000_000)


def as_encrypted(content: bytes) -> bytes:
    """With the flag that zip has for it, in each part and in the directory."""
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        pieces = content.split(mark)
        flagged = [
            piece[: at - 4] + bytes([piece[at - 4] | 1]) + piece[at - 3 :] for piece in pieces[1:]
        ]
        content = mark.join([pieces[0], *flagged])
    return content


def as_smaller(content: bytes, name: bytes, size: int) -> bytes:
    """Whose directory says that a part unpacks to less."""
    at = content.rindex(name) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


@pytest.mark.parametrize(
    ("name", "content", "kind", "content_type"),
    [
        ("공문.hwpx", make_hwpx(), "hwpx", "application/hwp+zip"),
        ("공문.HWPX", make_hwpx({"Scripts/headerScripts": None}), "hwpx", "application/hwp+zip"),
        ("공문.hwp", make_hwp(), "hwp", "application/x-hwp"),
        ("공문.hwp", make_hwp({"Scripts/DefaultJScript": None}), "hwp", "application/x-hwp"),
    ],
)
def test_honest_document_passes_as_it_is(name, content, kind, content_type):
    checked = check_document(upload(name, content), kinds=KINDS)
    assert (checked.kind, checked.content_type) == (kind, content_type)
    assert (checked.content, checked.display_name) == (content, name)
    assert checked.file().name.endswith(f".{kind}")
    assert RandomPath("community")(None, name).endswith(f".{kind}")
    with pytest.raises(ValidationError) as refusal:  # where nobody has said that it is taken
        check_document(upload(name, content))
    assert refusal.value.code == "wrong_kind"


ACTS = {
    "a call": "Document.SaveAs('c:/x');",
    "within a function": "function OnDocument_Open(){ Document.Run(1); }",
    "a comment that JScript reads": "/*@cc_on Document.Run(1) @*/",
    "behind a line's end that only scripts know": "//\u2028Document.Run(1)",
    "a text": 'var a="b";',
}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (make_zip([("a.txt", "x")]), "wrong_kind"),
        (make_zip([*reversed(PARTS.items())]), "wrong_kind"),
        (make_hwpx({"mimetype": "application/epub+zip"}), "wrong_kind"),
        (make_zip([("mimetype", "application/hwp+zip")]), "damaged"),
        (make_hwpx({"Contents/section0.xml": None}), "damaged"),
        (make_hwpx({"Contents/section0.xml": "<html/>"}), "damaged"),
        (make_hwpx({"Contents/section0.xml": "no xml"}), "damaged"),
        (make_hwpx({"Contents/header.xml": "<!DOCTYPE x><h/>"}), "damaged"),
        (make_hwpx({"../../etc/x.xml": "<h/>"}), "damaged"),
        (make_hwpx({"/etc/x.xml": "<h/>"}), "damaged"),
        (make_hwpx({"Contents\\x.xml": "<h/>"}), "damaged"),
        (b"%s%s" % (make_hwpx()[:60], make_hwpx()), "damaged"),
        (make_hwpx()[:-200], "damaged"),
        (as_smaller(make_hwpx({"x.bmp": bytes(9000)}), b"x.bmp", 9), "damaged"),
        (as_encrypted(make_hwpx()), "protected"),
        (
            make_hwpx({"META-INF/manifest.xml": MANIFEST.format("<odf:encryption-data/>")}),
            "protected",
        ),
        (make_hwpx({"BinData/ole1.ole": b"x"}), "active"),
        (make_hwpx({"BinData/run.exe": b"MZ"}), "active"),
        (make_hwpx({"run": b"MZ"}), "active"),
        *((make_hwpx({"Scripts/sourceScripts": text}), "active") for text in ACTS.values()),
        (make_hwpx({"Scripts/x": HEADER + " " * 70_000}), "active"),
        (make_hwpx({"Contents/x.js": ACTS["a call"]}), "active"),
        (make_hwpx({"BinData/a.bmp": MUCH}), "unpacks_too_far"),
        (make_hwpx({f"BinData/{n}.bmp": b"" for n in range(2000)}), "unpacks_too_far"),
    ],
)
def test_trick_in_a_zip_is_refused_for_its_reason(content, code):
    with pytest.raises(ValidationError) as refusal:
        check_document(upload("a.hwpx", content), kinds=KINDS)
    assert refusal.value.code == code


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused():
    twice = make_zip([*PARTS.items(), ("version.xml", "<other/>")])
    with pytest.raises(hancom.Damaged):
        hancom.check_hwpx(twice)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (make_compound({"WordDocument": b"x" * 5000}), "damaged"),
        (make_hwp({"FileHeader": b"HWP Document File V3.00"}), "damaged"),
        (make_hwp({"FileHeader": file_header(version=3)}), "damaged"),
        (make_hwp({"BodyText/Section0": None}), "damaged"),
        (make_hwp({"DocInfo": None}), "damaged"),
        (make_hwp()[:4000], "damaged"),
        (make_hwp()[:512], "damaged"),
        (make_hwp({"FileHeader": file_header(says=0b11)}), "protected"),
        (make_hwp({"FileHeader": file_header(says=1 << 4)}), "protected"),
        (make_hwp({"FileHeader": file_header(says=1 << 8)}), "protected"),
        (make_hwp({"BinData/BIN0002.OLE": b"x"}), "active"),
        (make_hwp({"BinData/BIN0002.eps": b"x"}), "active"),
        *(
            (make_hwp({"Scripts/DefaultJScript": bare(script(HEADER, text))}), "active")
            for text in ACTS.values()
        ),
        (make_hwp({"Scripts/DefaultJScript": bare(bytes(200_000))}), "active"),
        (make_hwp({"Scripts/DefaultJScript": bare(struct.pack("<I", 9) + b"a")}), "damaged"),
        (make_hwp({"BodyText/Section0": bare(MUCH)}), "unpacks_too_far"),
    ],
)
def test_trick_in_a_compound_file_is_refused_for_its_reason(content, code):
    with pytest.raises(ValidationError) as refusal:
        check_document(upload("a.hwp", content), kinds=KINDS)
    assert refusal.value.code == code


def test_bombs_are_small_and_would_unpack():
    """The negative twin: a zip and a stream of these sizes are taken, and do hold so much."""
    for content in (make_hwpx({"BinData/a.bmp": MUCH}), make_hwp({"DocInfo": bare(MUCH)})):
        assert len(content) < 40_000
    assert zlib.decompress(bare(MUCH), -zlib.MAX_WBITS) == MUCH
    hancom.check_hwpx(make_hwpx({"BinData/a.bmp": MUCH[:1000]}))
    hancom.check_hwp(make_hwp({"DocInfo": bare(MUCH[:1000])}))


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", make_hwpx()), ("a.hwp", make_hwpx()), ("a.hwpx", picture())]
)
def test_name_says_what_the_content_is(name, content):
    with pytest.raises(ValidationError) as refusal:
        check_document(upload(name, content), kinds=KINDS)
    assert refusal.value.code == "wrong_name"


def test_streams_are_read_whole_small_and_large():
    """More than the header alone can tell where they are (7 MB and above)."""
    streams = {**STREAMS, "BinData/large.bmp": random.Random(1).randbytes(8_000_000)}
    read = Compound(make_compound(streams))
    assert {path: read.read(path) for path in read.sizes} == streams
    with pytest.raises(Damaged):
        read.read("BinData/other.bmp")


def test_a_table_that_leads_in_a_circle_ends():
    content = bytearray(make_hwp({"BinData/large.bmp": bytes(100_000)}))
    (directory,) = struct.unpack_from("<I", content, 0x30)
    (table,) = struct.unpack_from("<I", content, 0x4C)
    struct.pack_into("<I", content, (table + 1) * 512 + 4 * directory, directory)
    with pytest.raises(Damaged):
        Compound(bytes(content))


def test_many_streams_of_the_same_bytes_are_refused():
    content = bytearray(make_compound({f"s{n}": bytes(5000) for n in range(40)}))
    whole = len(content)
    (directory,) = struct.unpack_from("<I", content, 0x30)
    for number in range(1, 41):
        struct.pack_into("<II", content, (directory + 1) * 512 + 128 * number + 116, 0, whole - 512)
    with pytest.raises(Damaged):
        Compound(bytes(content))


def test_whatever_is_changed_it_is_refused_or_passes_and_takes_no_time():
    chance = random.Random(26)
    honest = [("a.hwp", make_hwp()), ("a.hwpx", make_hwpx())]
    began = time.process_time()
    refused = 0
    for _round in range(400):
        name, content = chance.choice(honest)
        changed = bytearray(content)
        for _change in range(chance.randint(1, 6)):
            changed[chance.randrange(30, len(changed))] = chance.randrange(256)
        try:
            check_document(upload(name, bytes(changed)), kinds=KINDS)
        except ValidationError:
            refused += 1
    assert refused > 40
    assert time.process_time() - began < 30


def test_a_script_of_nothing_but_beginnings_takes_no_time():
    began = time.process_time()
    for text in ("/*" * 30_000, "var a=b" * 9_000, "function a(){" * 4_000, "//" * 30_000):
        hancom.IDLE.fullmatch(text)
    assert time.process_time() - began < 1


def test_zipfile_itself_would_read_what_we_refuse():
    """The negative twin of a part that says less than it holds, and of names that lead out."""
    with zipfile.ZipFile(upload("a", make_hwpx({"../../etc/x.xml": "<h/>"}))) as archive:
        assert archive.testzip() is None and "../../etc/x.xml" in archive.namelist()
