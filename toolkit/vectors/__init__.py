"""Vector files: word2vec, GloVe, fastText, Arrow and NumPy archives."""

from toolkit.vectors.files import load_vectors, save_vectors
from toolkit.vectors.formats import FORMATS, Format
from toolkit.vectors.subwords import SubwordEmbedding

__all__ = ["FORMATS", "Format", "SubwordEmbedding", "load_vectors", "save_vectors"]
