"""Pictures for pages: as large as they are shown, and nothing but their pixels."""

import io

from PIL import Image

from kosna.core.uploads import Checked


def fitted(picture: Checked, edge: int) -> Checked:
    """A checked picture drawn anew so that its longer side has at most ``edge`` pixels."""
    if max(picture.width, picture.height) <= edge:
        return picture
    with Image.open(io.BytesIO(picture.content), formats=[picture.kind.upper()]) as opened:
        small = opened.copy()
        small.thumbnail((edge, edge))
        file = io.BytesIO()
        small.save(file, format=picture.kind.upper(), quality=88)
    return Checked(
        picture.kind,
        file.getvalue(),
        picture.display_name,
        width=small.width,
        height=small.height,
    )
