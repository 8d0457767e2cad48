"""The text of a PDF, page by page. PDFium reads it in a process of its own, which ends when it
takes too long or too much: a file that breaks it breaks nothing else.

``python -m research.finding.pdf_text`` takes a PDF and prints a JSON list of pages; with a word, of
the numbers of those on which it does not stand. It imports nothing of the portal.
"""

import json
import re
import resource
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

MOST_BYTES = 100 * 1024 * 1024
MOST_PAGES = 2_000  # as many as an upload may have
MOST_LETTERS = 3_000_000  # of the whole file: so many pages of prose
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
    pages: list[str] = _run(content)
    return pages


def pages_without(content: bytes, word: str) -> list[int]:
    """Numbers (from 1) of the pages on which a word of ASCII letters cannot be read. Raises
    NoText."""
    numbers: list[int] = _run(content, word)
    return numbers


def _run(content: bytes, *words: str) -> Any:
    if len(content) > MOST_BYTES:
        raise NoText("too large")
    try:
        ran = subprocess.run(  # our own module, and no shell
            [sys.executable, "-m", "research.finding.pdf_text", *words],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            cwd=Path(__file__).resolve().parents[2],
            env={"PYTHONIOENCODING": "utf-8"},
            check=True,
        )
        return json.loads(ran.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise NoText(type(error).__name__) from error


def _tidy(text: str) -> str:
    """As people read it: whole words, composed letters, one space between words."""
    text = _UNSEEN.sub(" ", _BROKEN_WORD.sub("", text).replace("\r\n", "\n"))
    lines = _LINE_END.split(unicodedata.normalize("NFKC", text))
    return "\n".join(" ".join(line.split()) for line in lines)


def _texts(content: bytes) -> Iterator[str]:
    import pypdfium2  # noqa: PLC0415 - only in the process that reads

    pdf = pypdfium2.PdfDocument(content)
    for number in range(len(pdf)):
        page = pdf[number]
        yield page.get_textpage().get_text_bounded()
        page.close()


def _read(content: bytes) -> list[str]:
    pages, left = [], MOST_LETTERS
    for text in islice(_texts(content), MOST_PAGES):
        pages.append(_tidy(text)[:left])
        left -= len(pages[-1])
        if left <= 0:
            break
    return pages


def _without(content: bytes, word: str) -> list[int]:
    texts = enumerate(_texts(content), start=1)
    return [number for number, text in texts if word not in "".join(text.split())]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    read = _without if sys.argv[1:] else _read
    json.dump(read(sys.stdin.buffer.read(), *sys.argv[1:]), sys.stdout)
