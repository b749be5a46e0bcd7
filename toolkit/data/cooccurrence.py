"""Co-occurrence counts of keys in sequences, and their positive pointwise mutual information."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from toolkit.data.views import Sequences
from toolkit.errors import ParameterError

BLOCK = 1 << 22  # pairs counted at a time: bounds the memory beside the matrix itself


def cooccurrence(sequences: Sequences, window: int | None = 5, harmonic: bool = True) -> sparse.csr_array:
    """Count how often two keys stand within a window of each other.

    Parameters
    ----------
    sequences : Sequences
        The data; a window never crosses from one sequence into the next.
    window : int or None, default 5
        The largest distance that counts. None takes the whole sequence as one unordered set: the matrix is then
        the number of sequences that two keys share.
    harmonic : bool, default True
        Weight a pair at distance d by 1/d, as GloVe does (Pennington et al. 2014, section 4.2), rather than by 1.

    Returns
    -------
    scipy.sparse.csr_array of float64, shape (n, n)
        Symmetric. With a window, two occurrences of one key count on the diagonal; without, the diagonal is empty.
    """
    size = len(sequences.keys)
    if window is None:
        return _shared_sequences(sequences, size)
    if window < 1:
        raise ParameterError(f"window is {window}; it must be at least 1, or None for the whole sequence")
    codes, owner = sequences.codes, np.repeat(np.arange(len(sequences)), np.diff(sequences.offsets))
    total = sparse.csr_array((size, size))
    for distance in range(1, window + 1):
        weight = 1.0 / distance if harmonic else 1.0
        for start in range(0, len(codes) - distance, BLOCK):
            stop = min(start + BLOCK, len(codes) - distance)
            left, right = codes[start:stop], codes[start + distance : stop + distance]
            same = owner[start:stop] == owner[start + distance : stop + distance]
            ones = np.ones(int(same.sum()))
            total = total + weight * sparse.coo_array((ones, (left[same], right[same])), shape=(size, size)).tocsr()
    return (total + total.T).tocsr()


def _shared_sequences(sequences: Sequences, size: int) -> sparse.csr_array:
    present = sparse.csr_array(
        (np.ones(len(sequences.codes)), sequences.codes, sequences.offsets), shape=(len(sequences), size)
    )
    present.sum_duplicates()
    present.data[:] = 1.0
    shared = (present.T @ present).tocsr()
    shared.setdiag(0)
    shared.eliminate_zeros()
    return shared


def ppmi(counts: sparse.csr_array, context_exponent: float = 0.75, shift: float = 0.0) -> sparse.csr_array:
    """Return the positive pointwise mutual information of co-occurrence counts.

    ``max(0, log(P(w, c) / (P(w) P_a(c))) - shift)``, where ``P_a(c)`` is proportional to ``count(c) ** a``.

    Parameters
    ----------
    counts : scipy.sparse.csr_array, shape (n, m)
        Counts of rows (words) with columns (contexts); none negative.
    context_exponent : float, default 0.75
        Smoothing ``a`` of the contexts' distribution; 1 leaves it as it is.
    shift : float, default 0
        Subtracted before negative values are cut: log k for the matrix that skip-gram with k negative samples
        factorizes.

    Returns
    -------
    scipy.sparse.csr_array of float64, shape (n, m)
        No stored cell is zero.

    References
    ----------
    Levy, Goldberg & Dagan (2015), Improving distributional similarity with lessons learned from word embeddings,
    TACL 3; section 3. Levy & Goldberg (2014), Neural word embedding as implicit matrix factorization, NIPS.
    """
    cells = pmi(counts, context_exponent).tocoo()
    information = cells.data - shift
    kept = information > 0
    return sparse.coo_array((information[kept], (cells.row[kept], cells.col[kept])), shape=counts.shape).tocsr()


def pmi(counts: sparse.csr_array, context_exponent: float = 1.0) -> sparse.csr_array:
    """Return the pointwise mutual information of co-occurrence counts, where there are counts.

    ``log(P(w, c) / (P(w) P_a(c)))``, where ``P_a(c)`` is proportional to ``count(c) ** a``.

    Parameters
    ----------
    counts : scipy.sparse.csr_array, shape (n, m)
        Counts of rows (words) with columns (contexts); none negative.
    context_exponent : float, default 1
        Smoothing ``a`` of the contexts' distribution; 1 leaves it as it is.

    Returns
    -------
    scipy.sparse.csr_array of float64, shape (n, m)
        A stored cell, which may be zero, for each count above zero.

    References
    ----------
    Church & Hanks (1990), Word association norms, mutual information, and lexicography, Computational Linguistics
    16(1).
    """
    counts = sparse.csr_array(counts, dtype=np.float64)
    rows = np.asarray(counts.sum(axis=1)).ravel()
    columns = np.asarray(counts.sum(axis=0)).ravel() ** context_exponent
    cells = counts.tocoo()
    seen = cells.data > 0
    row, column = cells.row[seen], cells.col[seen]
    with np.errstate(divide="ignore"):  # where nothing was counted, there is no cell to add the total to
        total = np.log(columns.sum())
    information = np.log(cells.data[seen]) - np.log(rows[row]) - np.log(columns[column]) + total
    return sparse.csr_array((information, (row, column)), shape=counts.shape)
