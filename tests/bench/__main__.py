"""``python -m tests.bench [name …]``: measures on the database of DATABASE_URL and prints a table.

The targets are reported, not enforced: a busy machine is no reason to fail.
"""

import os
import sys
import time
import unicodedata

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kosna.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from kosna.wsgi import application  # noqa: E402
from tests.bench import (  # noqa: E402, F401 - all but data add measures
    badges,
    data,
    deposits,
    finding,
    imports,
    library,
    membership,
    orders,
    programme,
    sales,
    settlements,
    statistics,
    webhooks,
)
from tests.bench.browser import Browser  # noqa: E402
from tests.bench.measures import MEASURES, Row, vendor  # noqa: E402

HEAD = ["what", "median ms", "p95 ms", "a second", "statements", "of", "share", "target", "met"]


def main(names: list[str]) -> None:
    if unknown := set(names) - set(MEASURES):
        raise SystemExit(f"no such measure: {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    settings.ROOT_URLCONF = "tests.bench.urls"
    settings.DATABASES["default"]["TEST"]["NAME"] = _name()
    connection.settings_dict["TEST"]["NAME"] = _name()
    call_command("collectstatic", interactive=False, verbosity=0)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        start = time.perf_counter()
        data.load()
        print(f"{vendor()}: data loaded in {time.perf_counter() - start:.0f} s", file=sys.stderr)
        Browser.handler = application
        rows = []
        for name in names or MEASURES:
            rows += MEASURES[name]()
            print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
        print(f"\n### {vendor()}\n\n{table(rows)}", flush=True)
    finally:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


def _name() -> str:
    if connection.vendor == "sqlite":
        return str(settings.VAR_DIR / "bench.sqlite3")
    return os.environ.get("BENCH_DATABASE", "kosna_bench")


def table(rows: list[Row]) -> str:
    """As Markdown that is also readable on a terminal."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| "
        + " | ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        )
        + " |"
        for line in lines
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _cells(row: Row) -> list[str]:
    return [
        row.what + (f" ({row.note})" if row.note else ""),
        _ms(row.median),
        _ms(row.p95),
        "" if row.per_second is None else f"{row.per_second:,.0f}",
        "" if row.queries is None else str(row.queries),
        row.reference,
        "" if row.ratio is None else f"{row.ratio:.0%}",
        row.target,
        {True: "yes", False: "NO", None: ""}[row.is_met],
    ]


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.1f}"


if __name__ == "__main__":
    main(sys.argv[1:])
