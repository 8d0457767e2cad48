"""Documents of Hangul as tests need them: honest ones, and what you change about them."""

import io
import struct
import zipfile
import zlib

SECTION = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>'
    '<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"/>'
)
MANIFEST = (
    '<odf:manifest xmlns:odf="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{}</odf:manifest>'
)
# What Hangul writes by itself.
HEADER = "var Documents = XHwpDocuments;\r\nvar Document = Documents.Active_XHwpDocument;\r\n"
SOURCE = "function OnDocument_New()\r\n{\r\n\t//todo : \r\n}\r\n"
PARTS = {
    "mimetype": "application/hwp+zip",
    "version.xml": "<v/>",
    "Contents/header.xml": "<h/>",
    "Contents/section0.xml": SECTION,
    "Preview/PrvText.txt": "안녕",
    "Preview/PrvImage.png": b"\x89PNG",
    "Scripts/headerScripts": ("\ufeff" + HEADER).encode("utf-16-le"),
    "Scripts/sourceScripts.js": SOURCE,
    "Contents/content.hpf": "<p/>",
    "META-INF/container.xml": "<c/>",
    "META-INF/manifest.xml": MANIFEST.format(""),
    "BinData/image1.jpg": b"\xff\xd8",
}


def make_zip(parts: list[tuple[str, str | bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            way = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, way)
    return out.getvalue()


def make_hwpx(changes: dict[str, str | bytes | None] | None = None) -> bytes:
    """With other parts, or without those that are None."""
    parts = {**PARTS, **(changes or {})}
    return make_zip([(name, content) for name, content in parts.items() if content is not None])


def bare(content: bytes) -> bytes:
    """Deflated with no header."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def script(*texts: str) -> bytes:
    told = [struct.pack("<I", len(text)) + text.encode("utf-16-le") for text in texts]
    return b"".join(told) + b"\xff\xff\xff\xff"


def file_header(says: int = 1, version: int = 5) -> bytes:
    signature = b"HWP Document File".ljust(32, b"\0")
    return (signature + bytes([7, 1, 0, version]) + struct.pack("<I", says)).ljust(256, b"\0")


STREAMS = {
    "FileHeader": file_header(),
    "DocInfo": bare(b"info" * 50),
    "BodyText/Section0": bare(b"text" * 50),
    "Scripts/DefaultJScript": bare(script(HEADER, SOURCE, "", "")),
    "BinData/BIN0001.jpg": bytes(range(256)) * 40,
    "PrvText": "안녕".encode("utf-16-le"),
    "Empty": b"",
}


def make_hwp(changes: dict[str, bytes | None] | None = None) -> bytes:
    streams = {**STREAMS, **(changes or {})}
    return make_compound({path: stream for path, stream in streams.items() if stream is not None})


WIDTH, SMALL_WIDTH, END, NONE = 512, 64, 0xFFFFFFFE, 0xFFFFFFFF
IN_SECTOR, IN_HEADER = WIDTH // 4, 109


def make_compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of version 3; the entries of a storage hang one on the right of the other."""
    paths = ["", *_paths(streams)]
    small = {path: stream for path, stream in streams.items() if len(stream) < 4096}
    large = {path: stream for path, stream in streams.items() if path not in small}

    small_table: list[int] = []
    starts: dict[str, int] = {}
    mini = b""
    for path, stream in small.items():
        starts[path] = _put(small_table, len(stream), SMALL_WIDTH) if stream else END
        mini += _padded(stream, SMALL_WIDTH)

    table: list[int] = []
    body = b""
    for path, stream in [("", mini), *large.items()]:
        starts[path] = _put(table, len(stream), WIDTH) if stream else END
        body += _padded(stream, WIDTH)
    tables = _padded(struct.pack(f"<{len(small_table)}I", *small_table), WIDTH, b"\xff")
    small_at = _put(table, len(tables), WIDTH) if tables else END
    body += tables
    sizes = {path: len(stream) for path, stream in streams.items()} | {"": len(mini)}
    directory = _padded(_directory(paths, starts, sizes), WIDTH)
    directory_at = _put(table, len(directory), WIDTH)
    body += directory

    fats, more = _tables_for(len(table))
    fat_at = [len(table) + number for number in range(fats)]
    more_at = [len(table) + fats + number for number in range(more)]
    table += [0xFFFFFFFD] * fats + [0xFFFFFFFC] * more
    body += _padded(struct.pack(f"<{len(table)}I", *table), WIDTH, b"\xff")
    rest = fat_at[IN_HEADER:]
    for number, at in enumerate(more_at):
        named = rest[number * (IN_SECTOR - 1) : (number + 1) * (IN_SECTOR - 1)]
        named += [NONE] * (IN_SECTOR - 1 - len(named))
        body += struct.pack(f"<{IN_SECTOR}I", *named, END if at == more_at[-1] else at + 1)

    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIII", 0, fats, directory_at, 0, 4096)
    head += struct.pack("<IIII", small_at, len(tables) // WIDTH, more_at[0] if more else END, more)
    named = fat_at[:IN_HEADER]
    head += struct.pack(f"<{IN_HEADER}I", *named, *[NONE] * (IN_HEADER - len(named)))
    return head + body


def _paths(streams: dict[str, bytes]) -> list[str]:
    storages = {path.partition("/")[0] for path in streams if "/" in path}
    return sorted({*streams, *storages})


def _padded(content: bytes, width: int, fill: bytes = b"\0") -> bytes:
    return content + fill * (-len(content) % width)


def _put(table: list[int], size: int, width: int) -> int:
    first, sectors = len(table), -(-size // width)
    table += [*range(first + 1, first + sectors), END]
    return first


def _tables_for(others: int) -> tuple[int, int]:
    """Sectors of the table, and those that name more of it than the header does."""
    fats = more = 0
    while fats * IN_SECTOR < others + fats + more:
        fats += 1
        more = -(-max(0, fats - IN_HEADER) // (IN_SECTOR - 1))
    return fats, more


def _directory(paths: list[str], starts: dict[str, int], sizes: dict[str, int]) -> bytes:
    rows = b""
    for number, path in enumerate(paths):
        above, _slash, name = path.rpartition("/")
        beside = [at for at, one in enumerate(paths) if at and one.rpartition("/")[0] == above]
        right = next((at for at in beside if at > number), NONE) if number else NONE
        below = [
            at for at, one in enumerate(paths) if at and one.rpartition("/")[0] == path
        ] if number == 0 or path not in starts else []  # fmt: skip
        kind = 5 if number == 0 else 2 if path in starts else 1
        letters = (name or "Root Entry").encode("utf-16-le")
        rows += letters.ljust(64, b"\0") + struct.pack("<HBB", len(letters) + 2, kind, 1)
        rows += struct.pack("<III", NONE, right, below[0] if below else NONE) + bytes(36)
        rows += struct.pack("<II", starts.get(path, 0), sizes.get(path, 0)) + bytes(4)
    return rows
