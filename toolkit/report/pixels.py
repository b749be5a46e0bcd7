"""A matrix as an image: many cells in the space that a few marks of a drawing would take."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import numpy.typing as npt

SHADES = 16  # as many as four bits name


def shades_as_png(matrix: npt.ArrayLike, color: str) -> str:
    """Return absolute values as the shades of a PNG image, the same for the same matrix.

    Parameters
    ----------
    matrix : array-like, shape (h, w)
        Values of which 0 is transparent and an absolute value of 1 or more opaque; nan counts as 0.
    color : str
        Of every pixel, as ``#rrggbb``.

    Returns
    -------
    str
        A data address of an image with 16 shades, a pixel a cell; whoever shows it larger must not smooth it.

    References
    ----------
    W3C (2003), Portable Network Graphics specification, second edition: colour type 3, bit depth 4;
    a transparency chunk gives each entry of the palette its opacity.

    Examples
    --------
    >>> shades_as_png([[0, 1]], "#000000")[:22]
    'data:image/png;base64,'
    """
    values = np.clip(np.abs(np.nan_to_num(np.asarray(matrix, dtype=np.float64), nan=0.0)), 0, 1)
    codes = np.rint(values * (SHADES - 1)).astype(np.uint8)
    height, width = codes.shape
    if width % 2:
        codes = np.pad(codes, ((0, 0), (0, 1)))  # two to a byte
    packed = (codes[:, ::2] << 4) | codes[:, 1::2]
    lines = b"".join(b"\0" + row.tobytes() for row in packed)  # 0: stored as they are, without a filter
    opacities = np.rint(np.linspace(0, 255, SHADES)).astype(np.uint8)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)),
        (b"PLTE", bytes.fromhex(color[1:]) * SHADES),
        (b"tRNS", opacities.tobytes()),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    image = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
