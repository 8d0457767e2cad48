"""The text of a PDF, page by page. PDFium reads it in a process of its own, which ends when it
takes too long or too much: a file that breaks it breaks nothing else.

``python -m research.finding.pdf_text`` takes a PDF and prints a JSON list of pages; it imports
nothing of the portal.
"""

import json
import re
import resource
import subprocess
import sys
import unicodedata
from pathlib import Path

MOST_BYTES = 100 * 1024 * 1024
MOST_PAGES = 500
MOST_LETTERS = 500_000  # of the whole file; a page of prose has some 1,500
MOST_MEMORY = 1024**3  # bytes
SECONDS = 60
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f\ufffe\uffff\ufffd\ud800-\udfff]")
# Korean is set in lines that end within words as well as between them, and no PDF tells which.
_LINE_END = re.compile("(?<=[\uac00-\ud7a3])\n(?=[\uac00-\ud7a3])")
_BROKEN_WORD = re.compile("[\x02\ufffe]\r?\n?")  # how PDFium says that a line broke a word


class NoText(Exception):
    """The file is too large, broken, or took too long."""


def text_of(content: bytes) -> list[str]:
    """The text of each page, spaces folded; empty for one without. A line end is left where it
    stands between two syllables of Hangul. Raises NoText."""
    if len(content) > MOST_BYTES:
        raise NoText("too large")
    try:
        ran = subprocess.run(  # our own module, and no shell
            [sys.executable, "-m", "research.finding.pdf_text"],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            cwd=Path(__file__).resolve().parents[2],
            env={"PYTHONIOENCODING": "utf-8"},
            check=True,
        )
        pages: list[str] = json.loads(ran.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise NoText(type(error).__name__) from error
    return pages


def _tidy(text: str) -> str:
    """As people read it: whole words, composed letters, one space between words."""
    text = _UNSEEN.sub(" ", _BROKEN_WORD.sub("", text).replace("\r\n", "\n"))
    lines = _LINE_END.split(unicodedata.normalize("NFKC", text))
    return "\n".join(" ".join(line.split()) for line in lines)


def _read(content: bytes) -> list[str]:
    import pypdfium2  # noqa: PLC0415 - only in the process that reads

    pdf = pypdfium2.PdfDocument(content)
    pages, left = [], MOST_LETTERS
    for number in range(min(len(pdf), MOST_PAGES)):
        page = pdf[number]
        pages.append(_tidy(page.get_textpage().get_text_bounded())[:left])
        page.close()
        left -= len(pages[-1])
        if left <= 0:
            break
    return pages


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    json.dump(_read(sys.stdin.buffer.read()), sys.stdout)
