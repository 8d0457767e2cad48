"""The stamp reaches every page, however it is turned or built, and nothing leaves without it."""

import io
import subprocess

import pikepdf
import pypdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from research import stamping
from research.stamping import StampError, stamp

LINES = [
    "김하늘 金하늘 · 2026-00012 · 2026-11-23 14:00 KST",
    "무단 배포를 금합니다 · D-2026-000123",
]
SERIAL = "D-2026-000123"


def saved(pdf: pikepdf.Pdf, **options) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def original(pages: int = 1, size: tuple[float, float] = (595, 842)) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=size)
        pdf.pages[-1].Contents = pdf.make_stream(b"2 0 0 2 50 50 cm")  # leaves its matrix changed
    return pdf


def texts(content: bytes) -> list[str]:
    """The text of each page, as poppler extracts it."""
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode().split("\f")[:-1]


def dark_rows(content: bytes) -> tuple[float, float, float]:
    """Where the reader sees ink: (first row, last row, middle column) as shares of the page."""
    done = subprocess.run(
        ["pdftoppm", "-cropbox", "-r", "72", "-png", "-"],
        input=content,
        capture_output=True,
        check=True,
    )
    page = Image.open(io.BytesIO(done.stdout)).convert("L")
    left, top, right, bottom = page.point(lambda shade: 255 if shade < 160 else 0).getbbox()
    return top / page.height, bottom / page.height, (left + right) / 2 / page.width


def test_every_page_carries_the_lines_and_the_hidden_serial():
    result = stamp(saved(original(3)), lines=LINES, serial=SERIAL)
    pages = texts(result)
    assert len(pages) == 3
    for page in pages:
        assert LINES[0] in page and LINES[1] in page and f"KOSNA:{SERIAL}" in page
    with pikepdf.open(io.BytesIO(result)) as pdf:
        assert str(pdf.docinfo["/KosnaSerial"]) == SERIAL
        assert pdf.check_pdf_syntax() == []


def by_poppler(content: bytes) -> str:
    return texts(content)[0]


def by_pdfium(content: bytes) -> str:
    """What Chromium shows PDFs with."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        page = pdf[0].get_textpage()
        text = page.get_text_range()
        page.close()
    finally:
        pdf.close()
    return text


def by_pypdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("read", [by_poppler, by_pdfium, by_pypdf])
def test_three_readers_extract_hangul_and_hanja(read):
    lines = [
        "김하늘 · 2026-00012 · 2026-11-23 14:00:00 KST",
        "南宮賢 (韓國社會網協會) · 뷁쾗 · Maria Santos",
    ]
    text = read(stamp(saved(original()), lines=lines, serial=SERIAL))
    assert [line for line in lines if line not in text] == []


@pytest.mark.parametrize("turned", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("box", [(0, 0, 595, 842), (-100, 50, 495, 892), (0, 0, 200, 100)])
def test_stamp_stands_at_the_foot_that_the_reader_sees(turned, box):
    pdf = original()
    pdf.pages[0].MediaBox = Array(box)
    pdf.pages[0].Rotate = turned
    top, bottom, middle = dark_rows(stamp(saved(pdf), lines=LINES, serial=SERIAL))
    assert top > 0.6 and bottom < 1
    assert middle == pytest.approx(0.5, abs=0.02)


def test_stamp_stays_within_the_crop_box():
    pdf = original()
    pdf.pages[0].CropBox = Array([100, 200, 500, 700])
    top, bottom, _middle = dark_rows(stamp(saved(pdf), lines=LINES, serial=SERIAL))
    assert top > 0.9 and bottom < 1


def test_inherited_attributes_and_odd_contents_are_kept():
    pdf = original(3)
    pdf.Root.Pages.Resources = Dictionary(Font=Dictionary())
    pdf.Root.Pages.Rotate = 90
    pdf.Root.Pages.MediaBox = Array([0, 0, 595, 842])
    for page in pdf.pages:
        del page.obj["/Resources"], page.obj["/MediaBox"]
    del pdf.pages[1].obj["/Contents"]
    pdf.pages[2].obj.Contents = Array([pdf.make_stream(b"q"), pdf.make_stream(b"Q")])
    result = stamp(saved(pdf), lines=LINES, serial=SERIAL)
    assert all(LINES[0].split(" · ")[0] in page for page in texts(result))
    with pikepdf.open(io.BytesIO(result)) as stamped:
        assert [Name.Font in stamping._resources(page) for page in stamped.pages] == [True] * 3
        assert [stamping._rotation(page) for page in stamped.pages] == [90] * 3


def test_letter_that_no_font_has_is_still_copied():
    assert (
        "𝕏\U0001f600" in texts(stamp(saved(original()), lines=["𝕏\U0001f600 님"], serial=SERIAL))[0]
    )


def test_more_than_a_hundred_letters_fit():
    line = "".join(chr(ord("가") + 37 * n) for n in range(150))
    assert line in texts(stamp(saved(original()), lines=[line], serial=SERIAL))[0]


def ids(content: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [bytes(each) for each in pdf.trailer.ID]


def test_the_same_words_give_the_same_bytes_and_another_serial_another_id():
    one = stamp(saved(original()), lines=LINES, serial=SERIAL)
    assert stamp(saved(original()), lines=LINES, serial=SERIAL) == one
    other = stamp(saved(original()), lines=LINES, serial="D-2026-000124")
    assert ids(one)[1] != ids(other)[1] and len(ids(one)[1]) == len(ids(other)[1]) == 16


def test_a_report_keeps_the_id_that_it_was_born_with():
    pdf = original()
    pdf.trailer.ID = Array([b"0123456789abcdef", b"fedcba9876543210"])
    born, now = ids(stamp(saved(pdf), lines=LINES, serial=SERIAL))
    assert born == ids(saved(pdf))[0] and now != born


def test_a_path_serves_as_well(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(saved(original()))
    assert LINES[0] in texts(stamp(path, lines=LINES, serial=SERIAL))[0]
    assert LINES[0] not in texts(path.read_bytes())[0]


@pytest.mark.parametrize(
    ("content", "lines", "serial"),
    [
        (b"", LINES, SERIAL),
        (b"%PDF-1.7 nonsense", LINES, SERIAL),
        (saved(pikepdf.new()), LINES, SERIAL),
        (saved(original(), encryption=pikepdf.Encryption(owner="o", user="")), LINES, SERIAL),
        (saved(original(), encryption=pikepdf.Encryption(owner="o", user="u")), LINES, SERIAL),
        (saved(original(size=(5, 5))), LINES, SERIAL),
        (saved(original()), [], SERIAL),
        (saved(original()), [" "], SERIAL),
        (saved(original()), ["".join(map(chr, range(0xAC00, 0xAC00 + 300)))], SERIAL),
        (saved(original()), LINES, "a) Tj"),
        (saved(original()), LINES, ""),
        (stamp(saved(original()), lines=LINES, serial=SERIAL), LINES, "D-2026-000124"),
    ],
)
def test_it_fails_closed(content, lines, serial):
    with pytest.raises(StampError):
        stamp(content, lines=lines, serial=serial)


def test_a_missing_file_fails_closed(tmp_path):
    with pytest.raises(StampError):
        stamp(tmp_path / "gone.pdf", lines=LINES, serial=SERIAL)


@pytest.mark.parametrize("forgotten", ["page", "everything"])
def test_a_forgotten_page_is_noticed(monkeypatch, forgotten):
    """The negative twin of the check: a stamper that skips a page hands out nothing."""
    honest = stamping._stamp_pages

    def forgetful(pdf, lines, serial):
        if forgotten == "everything":
            return
        honest(pdf, lines, serial)
        pdf.pages[1].obj.Contents = Array(list(pdf.pages[1].obj.Contents)[:-1])

    monkeypatch.setattr(stamping, "_stamp_pages", forgetful)
    with pytest.raises(StampError):
        stamp(saved(original(3)), lines=LINES, serial=SERIAL)
