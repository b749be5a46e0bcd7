import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from toolkit.errors import ParameterError
from toolkit.metrics import mae, rmse, rmse_user

TRUE, PREDICTED, USERS = [5, 3, 4, 1], [4, 3, 2, 3], ["ann", "ann", "bob", "bob"]


def test_values_by_hand():
    # Errors -1 0 -2 2: squares 1 0 4 4.
    assert rmse(TRUE, PREDICTED) == pytest.approx((9 / 4) ** 0.5)
    assert mae(TRUE, PREDICTED) == pytest.approx(5 / 4)
    assert rmse_user(TRUE, PREDICTED, USERS) == pytest.approx(((1 / 2) ** 0.5 + 2) / 2)


def test_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    true, predicted = rng.uniform(1, 5, (2, 500))
    assert rmse(true, predicted) == pytest.approx(root_mean_squared_error(true, predicted), rel=1e-12)
    assert mae(true, predicted) == pytest.approx(mean_absolute_error(true, predicted), rel=1e-12)


def test_user_counts_once_however_many_ratings():
    codes = np.repeat([7, 2], [99, 1])
    errors = np.repeat([1.0, 3.0], [99, 1])
    assert rmse_user(np.zeros(100), errors, codes) == pytest.approx(2)
    assert rmse(np.zeros(100), errors) == pytest.approx((108 / 100) ** 0.5)


def test_users_in_any_order_and_of_any_kind():
    mixed = rmse_user([5, 4, 3, 1], [4, 2, 3, 3], ["ann", "bob", "ann", "bob"])
    assert mixed == rmse_user(TRUE, PREDICTED, USERS) == rmse_user(TRUE, PREDICTED, [3, 3, 0, 0])


def test_single_precision_is_not_kept():
    # 4.1 - 4 in single precision has an error of 1e-7, and its mean is taken in double.
    values = np.full(10**5, 4.1, dtype=np.float32)
    assert mae(values, np.full(10**5, 4, dtype=np.float32)) == pytest.approx(float(np.float32(4.1)) - 4, rel=1e-12)


@pytest.mark.parametrize("function", [rmse, mae, lambda true, predicted: rmse_user(true, predicted, [0] * len(true))])
@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        ([], [], "no ratings"),
        ([1, 2], [1], r"shape \(2,\) and predicted \(1,\)"),
        ([[1, 2]], [[1, 2]], r"both must be \(n,\)"),
        ([1, 2], [1, float("nan")], "predicted holds nan at position 1"),
        ([1, float("inf")], [1, 2], "true holds inf at position 1"),
    ],
)
def test_wrong_input_is_refused(function, true, predicted, message):
    with pytest.raises(ParameterError, match=message):
        function(true, predicted)


def test_one_user_for_each_rating():
    with pytest.raises(ParameterError, match=r"users of shape \(4,\), not \(3,\)"):
        rmse_user(TRUE, PREDICTED, USERS[:3])
