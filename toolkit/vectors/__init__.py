"""Vector files: word2vec, GloVe, fastText, Arrow and NumPy archives."""

from toolkit.vectors.files import load_vectors, save_vectors
from toolkit.vectors.formats import FORMATS, Format

__all__ = ["FORMATS", "Format", "load_vectors", "save_vectors"]
