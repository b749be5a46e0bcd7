"""Facts and arrays as text that stands in a page and that a script there opens again.

A little-endian header length, the header as JSON, then the arrays; deflated, and written in the letters of base64,
among which no markup can hide.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

LEVELS = 65_534  # of a coordinate; one more value says that there is none
ABSENT = 65_535  # coordinate or neighbour of a key that an embedding lacks


def pack(header: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """Return facts and arrays as base64.

    Parameters
    ----------
    header : mapping
        Anything that JSON can hold.
    arrays : mapping of str to ndarray
        Of dtype uint8, uint16 or uint32 and any shape. All low bytes come first, then the next ones: like bytes lie
        together so, and deflate better.

    Returns
    -------
    str
        ASCII; the same for the same input.
    """
    places: dict[str, list[Any]] = {}
    parts, position = [], 0
    for name, array in arrays.items():
        width = array.dtype.itemsize
        planes = np.ascontiguousarray(array, dtype=f"<u{width}").view(np.uint8).reshape(-1, width).T.tobytes()
        places[name] = [position, int(array.size), width]
        parts.append(planes)
        position += len(planes)
    text = json.dumps({**header, "arrays": places}, ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)  # a raw stream, without zlib's own frame
    packed = packer.compress(struct.pack("<I", len(text)) + text + b"".join(parts)) + packer.flush()
    return base64.b64encode(packed).decode("ascii")


def unpack(text: str) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return what `pack` was given; arrays come back flat.

    Examples
    --------
    >>> header, arrays = unpack(pack({"a": 1}, {"b": np.array([[258, 3]], dtype=np.uint16)}))
    >>> header["a"], arrays["b"]
    (1, array([258,   3], dtype=uint16))
    """
    raw = zlib.decompress(base64.b64decode(text), -zlib.MAX_WBITS)
    (size,) = struct.unpack_from("<I", raw)
    header: dict[str, Any] = json.loads(raw[4 : 4 + size])
    arrays = {}
    for name, (position, count, width) in header.pop("arrays").items():
        planes = np.frombuffer(raw, np.uint8, count * width, 4 + size + position).reshape(width, count)
        arrays[name] = np.ascontiguousarray(planes.T).view(f"<u{width}").ravel()
    return header, arrays


def quantized(places: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.uint16], list[float]]:
    """Return coordinates as whole numbers from 0 to `LEVELS`, and what turns them back.

    Parameters
    ----------
    places : ndarray of float64, shape (n, 2)
        Nan where a key has no place.

    Returns
    -------
    levels : ndarray of uint16, shape (2, n)
        `ABSENT` for nan.
    frame : list of float, [x, y, step]
        A place is (x, y) + step · levels. One step for both axes; half of it is the largest error.
    """
    low = np.nanmin(places, axis=0)
    step = float((np.nanmax(places, axis=0) - low).max()) / LEVELS or 1.0
    levels = np.rint((places - low) / step)
    whole = np.where(np.isnan(levels), ABSENT, levels).astype(np.uint16)
    return np.ascontiguousarray(whole.T), [float(low[0]), float(low[1]), step]
