"""Compound files (MS-CFB, “OLE2”), in which older office documents keep their streams: read with
olefile, as far as to know what is in one that a stranger sent."""

import io
import struct

import olefile

MAGIC: bytes = olefile.MAGIC
# What olefile comes upon in a file that does not hold together; its own error is an OSError.
BROKEN = (OSError, ValueError, LookupError, TypeError, struct.error, RecursionError)


class Damaged(Exception):
    """The file does not hold together."""


class Compound:
    """``sizes``: the bytes of each stream by its path (BodyText/Section0). Raises Damaged."""

    def __init__(self, content: bytes) -> None:
        try:
            self._file = olefile.OleFileIO(
                io.BytesIO(content), raise_defects=olefile.DEFECT_INCORRECT
            )
            paths = self._file.listdir()
            self.sizes = {"/".join(path): int(self._file.get_size(path)) for path in paths}
        except BROKEN as error:
            raise Damaged from error
        # No two streams share their bytes, or a small file would hold without end.
        if sum(self.sizes.values()) > len(content):
            raise Damaged

    def read(self, path: str) -> bytes:
        """A stream, whole. Raises Damaged where there is none."""
        try:
            with self._file.openstream(path) as stream:
                return bytes(stream.read())
        except BROKEN as error:
            raise Damaged from error
