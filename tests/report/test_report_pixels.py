"""Matrices as images, read back without the code that wrote them."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import pytest

from toolkit.report.pixels import shades_as_png


def read(address):
    """Return the palette, its opacities and its numbers, pixel by pixel."""
    data = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + body)
        chunks[name] = body
        at += 12 + length
    width, height, depth, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, kind) == (4, 3)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    assert not lines[:, 0].any(), "no filter"
    pixels = np.stack([lines[:, 1:] >> 4, lines[:, 1:] & 15], axis=2).reshape(height, -1)[:, :width]
    palette, opacities = (np.frombuffer(chunks[name], np.uint8) for name in (b"PLTE", b"tRNS"))
    return palette.reshape(-1, 3), opacities, pixels


@pytest.mark.parametrize("side", [1, 2, 3, 7, 50, 301])
def test_shades_follow_absolute_values(side):
    values = np.random.default_rng(side).uniform(-1, 1, (side, side))
    palette, opacities, pixels = read(shades_as_png(values, "#0b5a8f"))
    times = len(pixels) // side
    assert pixels.shape == (side * times, side * times)
    np.testing.assert_array_equal(pixels[::times, ::times], np.rint(np.abs(values) * 15))
    np.testing.assert_array_equal(pixels, pixels[::times, ::times].repeat(times, 0).repeat(times, 1))
    assert palette.tolist() == [[0x0B, 0x5A, 0x8F]] * 16
    assert opacities.tolist() == list(range(0, 256, 17))


def test_what_is_no_cosine_stays_within_the_shades():
    *_, pixels = read(shades_as_png([[np.nan, 7.0], [-7.0, 0.0]], "#000000"))
    assert [pixels[0, 0], pixels[0, -1], pixels[-1, 0], pixels[-1, -1]] == [0, 15, 15, 0]


def test_same_matrix_same_bytes():
    matrix = np.eye(20)
    assert shades_as_png(matrix, "#000000") == shades_as_png(matrix.copy(), "#000000")
