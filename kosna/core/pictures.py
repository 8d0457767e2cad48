"""Pictures for pages: as large as they are shown, and nothing but their pixels."""

import io

from PIL import Image, ImageOps

from kosna.core.uploads import Checked


def fitted(picture: Checked, edge: int) -> Checked:
    """A checked picture drawn anew so that its longer side has at most ``edge`` pixels."""
    if max(picture.width, picture.height) <= edge:
        return picture
    small = _pixels(picture)
    small.thumbnail((edge, edge))
    return _drawn(small, picture.kind, picture.display_name)


def portrait(picture: Checked, side: int = 480) -> Checked:
    """The middle of a checked picture as a square JPEG; a face is most often above the middle."""
    whole = _pixels(picture).convert("RGBA")
    # What was see-through is white, not black.
    ground = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    square = ImageOps.fit(ground, (side, side), centering=(0.5, 0.35))
    return _drawn(square, "jpeg", picture.display_name)


def _pixels(picture: Checked) -> Image.Image:
    with Image.open(io.BytesIO(picture.content), formats=[picture.kind.upper()]) as opened:
        return opened.copy()


def _drawn(image: Image.Image, kind: str, name: str) -> Checked:
    file = io.BytesIO()
    image.save(file, format=kind.upper(), quality=86)
    return Checked(kind, file.getvalue(), name, width=image.width, height=image.height)
