import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from toolkit.errors import ParameterError
from toolkit.metrics import pearson, spearman

LISTS = st.integers(3, 30).flatmap(lambda n: st.lists(st.tuples(*[st.integers(0, 5)] * 2), min_size=n, max_size=n))


@given(LISTS)
def test_agree_with_scipy(pairs):
    first, second = np.array(pairs).T
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert math.isnan(pearson(first, second))
        assert math.isnan(spearman(first, second))
    else:
        assert pearson(first, second) == pytest.approx(stats.pearsonr(first, second).statistic, abs=1e-12)
        assert spearman(first, second) == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-12)


@pytest.mark.parametrize("function", [pearson, spearman])
def test_nan_where_it_is_not_defined(function):
    assert math.isnan(function([], []))
    assert math.isnan(function([1], [2]))
    assert math.isnan(function([0.1, 0.1, 0.1], [1, 2, 3]))


@pytest.mark.parametrize("function", [pearson, spearman])
def test_wrong_input_is_refused(function):
    with pytest.raises(ParameterError, match="equal length"):
        function([1, 2], [1, 2, 3])
    with pytest.raises(ParameterError, match="finite"):
        function([1, 2], [1, float("nan")])
    with pytest.raises(ParameterError, match="finite"):
        function([1, 2], [1, float("inf")])
