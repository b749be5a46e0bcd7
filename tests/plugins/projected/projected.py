"""Rows and columns of a matrix projected on random directions, as another package would add it."""

from sklearn.random_projection import GaussianRandomProjection

from toolkit.embedder import MatrixEmbedder


class RandomProjection(MatrixEmbedder):
    library = "projected"
    module = "sklearn"

    def __init__(self, embedding_dim: int = 50, random_state: int = 0) -> None:
        self.embedding_dim = embedding_dim
        self.random_state = random_state

    def _learn_matrix(self, matrix):
        projection = GaussianRandomProjection(self.embedding_dim, random_state=self.random_state)
        return matrix.embeddings(projection.fit_transform(matrix.csr), projection.fit_transform(matrix.csr.T))
