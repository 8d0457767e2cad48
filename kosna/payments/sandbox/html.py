"""The little of HTML that the pages of the sandbox share. Everything that comes from outside goes
through `escape` exactly where it enters the markup."""

import json
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from .texts import TEXTS
from .web import Response

KST = timezone(timedelta(hours=9))


def button(label: str, control: str, **arguments: Any) -> str:
    """Turns a control of the panel."""
    return f"""<form method="post" action="/sandbox/">
<input type="hidden" name="control" value="{control}">
<input type="hidden" name="arguments" value="{escape(json.dumps(arguments))}">
<button>{label}</button></form>"""


def table(heads: tuple[str, ...], rows: str) -> str:
    if not rows:
        return '<p class="quiet">아직 없습니다.</p>'
    head = "".join(f"<th scope='col'>{title or '할 일'}</th>" for title in heads)
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def clock(stamp: int) -> str:
    return datetime.fromtimestamp(stamp, KST).strftime("%m-%d %H:%M:%S")


def message(title: str, text: str, status: int) -> Response:
    body = f"<main><h1>{escape(title)}</h1><p>{escape(text)}</p></main>"
    return page(title, body, status=status)


def page(title: str, body: str, *, lang: str = "ko", status: int = 200) -> Response:
    return Response.html(
        f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<link rel="stylesheet" href="/sandbox/fonts/pretendard.css">
<link rel="stylesheet" href="/sandbox/style.css">
</head>
<body>
<header class="banner">{TEXTS[lang]["banner"]}</header>
{body}
</body>
</html>
""",
        status=status,
    )
