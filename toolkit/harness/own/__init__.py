"""Somebody's own ratings, vectors or text: what they are is guessed, and a suite is made that fits them."""

from toolkit.harness.own.compare import compare

__all__ = ["compare"]
