"""PIP loss: published figures, the definition by n × n matrices, and the limit against simulations."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from toolkit.errors import ParameterError, UnknownNameError
from toolkit.metrics import PipLoss, estimate_noise, metric_info, pip_distance, pip_loss, spectrum
from toolkit.metrics.dimension import _losses
from toolkit.metrics.noisy_spectrum import limit, simulated

NOISE = 0.351  # of text8's PMI, by Yin and Shen


@pytest.fixture(scope="module")
def text8():
    return np.loadtxt(Path(__file__).with_name("text8_spectrum.txt"))


@pytest.fixture(scope="module")
def published(text8):
    return pip_loss(text8, NOISE, size=10_000, max_dim=750)


@st.composite
def signals(draw):
    """Singular values, some of them equal, the size of their matrix and the noise."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(3, 60))
    rank = draw(st.integers(1, size))
    values = np.sort(rng.choice([0.3, 1.0, 2.0, 5.0], rank) * rng.choice([1, rng.uniform(0.5, 2)], rank))[::-1]
    return values, size, draw(st.sampled_from([1e-6, 0.01, 0.3, 3.0])) / math.sqrt(size)


def naive_losses(u, d, v, noise, exponent):
    """All by definition: n × n matrices, a full singular value decomposition, and no identity."""
    embedding = u * d**exponent
    left, values, _ = np.linalg.svd((u * d) @ v.T + noise)
    noisy = left * values**exponent
    pips = (noisy[:, :k] @ noisy[:, :k].T for k in range(1, len(noise) + 1))
    return np.array([np.linalg.norm(pip - embedding @ embedding.T) for pip in pips])


def test_text8_optimum_is_the_published_one(published):
    assert published.rank == 2353
    assert abs(published.best - 128) <= 2


def test_text8_losses_are_the_published_ones(published):
    least = published.at(published.best)
    found = [published.at(dim) / least for dim in (10, 50, 100, 300)]
    np.testing.assert_allclose(found, [1.39, 1.08, 1.01, 1.11], atol=0.005)


def test_text8_ranges(published):
    # the published ends count dimensions from 0, and are 67-218
    np.testing.assert_allclose(published.within(0.05, of="gain"), (68, 219), atol=1)
    # two simulations with the full matrix (n = 10,000) gave 63-228 and 63-229
    np.testing.assert_allclose(published.within(0.05), (63, 228.5), atol=1)


@pytest.mark.parametrize(("exponent", "best"), [(0, 273), (1, 95)])
def test_text8_optimum_for_other_exponents(text8, exponent, best):
    found = pip_loss(text8, NOISE, exponent, size=10_000, max_dim=400)
    assert abs(found.best - best) <= 2


def test_text8_losses_are_those_of_simulations_with_the_full_matrix(published):
    # block Krylov decompositions of diag(signal) + noise, seeds 0 and 1 of numpy's default generator: 1212.41, 1212.37
    assert published.at(published.best) == pytest.approx(1212.39, rel=2e-4)


@pytest.mark.parametrize("exponent", [0, 0.5, 1])
def test_simulation_agrees_with_the_definition_for_the_same_noise(exponent):
    n, d = 40, np.array([30.0, 20, 20, 9, 3, 1])
    u, v = (stats.ortho_group.rvs(n, random_state=seed) for seed in (1, 2))
    noise = np.random.default_rng(0).normal(0, 0.7, (n, n))
    expected = naive_losses(u[:, :6], d, v[:, :6], noise, exponent)
    # turned by u and v, the signal's vectors are the first unit vectors
    found = _losses(d, simulated(d, d ** (2 * exponent), u.T @ noise @ v, n), exponent)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_pip_loss_simulates_as_the_definition_says():
    d, n = np.array([80.0, 50, 45, 31]), 60
    values = np.r_[d, np.zeros(n - 4)]
    tau = 2 * 1.5 * math.sqrt(n)
    rng = np.random.default_rng(7)
    units = np.eye(n)[:, :4]
    expected = [naive_losses(units, d - tau, units, rng.normal(0, 1.5, (n, n)), 0.5) for _ in range(3)]
    found = pip_loss(values, 1.5, method="simulate", n_samples=3, random_state=7, max_dim=n)
    np.testing.assert_allclose(found.losses, np.mean(expected, axis=0), rtol=1e-9)


@pytest.mark.parametrize("exponent", [0, 0.5, 1])
@pytest.mark.parametrize("rank", [5, 40, 200])
def test_limit_is_what_simulations_tend_to(rank, exponent):
    values = np.r_[np.geomspace(400, 50, rank), np.full(200 - rank, 25.0)]
    expected = pip_loss(values, 1, exponent, max_dim=200)
    samples = [pip_loss(values, 1, exponent, max_dim=200, method="simulate", random_state=seed) for seed in range(6)]
    found = np.mean([sample.losses for sample in samples], axis=0)
    # terms of the order of 1/n, and chance; with all of a full signal and exponent 0, nothing is lost but by rounding
    np.testing.assert_allclose(expected.losses, found, rtol=5 / 200, atol=1e-6 * found[0])
    assert np.std([sample.losses for sample in samples], axis=0).max() > 0
    assert expected.at(samples[0].best) <= 1.01 * expected.at(expected.best)


@given(signals())
def test_limit_keeps_what_must_be_kept(signal):
    values, size, noise = signal
    found = limit(values, np.ones(len(values)), noise, size, size)
    assert (np.diff(found.values) <= 1e-9 * found.values[0]).all()
    assert (found.values >= 0).all()
    assert (found.weighted <= 1 + 1e-9).all()
    assert (found.weighted >= 0).all()
    # of each vector's squared cosines with the signal's, the rest is with the others; all of it for a full signal
    if len(values) == size:
        np.testing.assert_allclose(found.weighted, 1, rtol=1e-9)


@given(signals())
def test_limit_has_the_sum_of_squares_of_signal_and_noise(signal):
    values, size, noise = signal
    found = limit(values, np.ones(len(values)), noise, size, size)
    # the middles of shares stand for the shares: an error where few values differ much, as at the semicircle's edges
    expected = (values**2).sum() + size**2 * noise**2
    assert (found.values**2).sum() == pytest.approx(expected, rel=0.35 / math.sqrt(size))


def test_pure_semicircle_at_its_quantiles():
    found = limit(np.array([1e-9]), np.ones(1), 0.1, 400, 400)
    shares = stats.semicircular(scale=2 * 0.1 * math.sqrt(400)).sf(found.values)
    np.testing.assert_allclose(shares, (np.arange(400) + 0.5) / 800, atol=1e-8)


@pytest.mark.parametrize(("exponent", "square"), [(0, 2), (0.5, 3), (1, 2 + math.sqrt(5))])
def test_optimum_of_a_low_rank_signal_is_known(exponent, square):
    n, noise = 1_000_000, 0.01
    relative = np.linspace(3, 1.05, 40)
    values = noise * math.sqrt(n) * (2 + relative)
    found = pip_loss([*values, 0], noise, exponent, size=n)
    assert found.best == (relative > math.sqrt(square)).sum()


@pytest.mark.parametrize("exponent", [0, 0.5, 1])
def test_without_noise_only_what_is_left_out_is_lost(exponent):
    values = np.array([5.0, 3, 2, 1])
    units = np.eye(4)
    expected = [pip_distance(units[:, :k] * values[:k] ** exponent, units * values**exponent) for k in range(1, 5)]
    found = pip_loss(values, 0, exponent)
    np.testing.assert_allclose(found.losses, expected, atol=1e-12)
    assert found.best == 4
    tiny = pip_loss(values, 1e-9, exponent)
    np.testing.assert_allclose(tiny.losses, expected, atol=1e-6)


@given(signals(), st.sampled_from([0, 0.5, 1]))
def test_scale_of_the_data_changes_no_choice(signal, exponent):
    values, size, noise = signal
    raised = values + 2 * noise * math.sqrt(size + 1)  # the threshold of the larger matrix that is asked for
    one = pip_loss([*raised, 0], noise, exponent, size=size + 1)
    other = pip_loss([*(1e120 * raised), 0], 1e120 * noise, exponent, size=size + 1)
    whole = math.sqrt((values ** (4 * exponent)).sum())  # to whose rounding the square of a small loss is exact
    np.testing.assert_allclose(other.losses / 1e120 ** (2 * exponent), one.losses, rtol=1e-6, atol=1e-6 * whole)


def test_simulation_depends_on_the_seed_alone():
    values = np.r_[np.full(10, 60.0), np.zeros(90)]
    one, same, other = (
        pip_loss(values, 1, method="simulate", random_state=seed, n_samples=2).losses for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_part_of_a_spectrum_is_enough():
    values = np.r_[np.geomspace(900, 50, 30), np.full(370, 20.0)]
    whole = pip_loss(values, 1)
    np.testing.assert_array_equal(pip_loss(values[:40], 1, size=400).losses, whole.losses)
    with pytest.raises(ParameterError, match="all 20 singular values exceed"):
        pip_loss(values[:20], 1, size=400)
    with pytest.raises(ParameterError, match="size is 10"):
        pip_loss(values, 1, size=10)


def test_ranges_of_losses():
    found = PipLoss(np.arange(1, 6), np.array([3.0, 2.0, 2.05, 2.1, 2.5]), rank=9)
    assert found.within(0) == (2, 2)
    assert found.within(0.05) == (2, 4)
    assert found.within(0.05, of="gain") == (2, 3)
    assert found.within(0.6) == (1, 5)
    for wrong in ({"share": -0.1}, {"share": math.nan}, {"of": "worst"}):
        with pytest.raises(ParameterError, match="it must be at least 0, of 'best' or 'gain'"):
            found.within(**wrong)
    for dim in (0, 6):
        with pytest.raises(ParameterError, match="the loss is known from 1 to 5 dimensions"):
            found.at(dim)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"spectrum": [[1.0]]}, "list of singular values"),
        ({"spectrum": [-1.0, 2]}, "list of singular values"),
        ({"spectrum": [math.nan]}, "list of singular values"),
        ({"spectrum": []}, "all is noise"),
        ({"noise": -1}, "noise is -1"),
        ({"noise": 100}, "no singular value exceeds .* = 282.843: all is noise"),
        ({"exponent": -0.5}, "exponent is -0.5"),
        ({"max_dim": 0}, "max_dim is 0"),
        ({"max_dim": 3}, "max_dim is 3"),
        ({"n_samples": 0}, "n_samples is 0"),
    ],
)
def test_wrong_requests_are_refused(wrong, message):
    with pytest.raises(ParameterError, match=message):
        pip_loss(**{"spectrum": [9.0, 5.0], "noise": 1, **wrong})


def test_unknown_method_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'simulate'"):
        pip_loss([9.0], 1, method="simulated")


def test_noise_is_found_again():
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(200, 300))
    # the whole is the mean of the halves, each with noise of twice its variance
    halves = [signal + rng.normal(0, 0.4 * math.sqrt(2), signal.shape) for _ in range(2)]
    assert estimate_noise(*halves) == pytest.approx(0.4, rel=0.02)
    assert np.std(np.mean(halves, axis=0) - signal) == pytest.approx(0.4, rel=0.02)


def test_noise_of_sparse_halves_is_that_of_dense_ones():
    one, other = (sparse.random_array((30, 40), density=0.2, rng=np.random.default_rng(seed)) for seed in (0, 1))
    expected = np.std(one.toarray() - 2 * other.toarray()) / 2
    assert estimate_noise(one, 2 * other) == pytest.approx(expected, rel=1e-12)
    assert estimate_noise(one.toarray(), 2 * other.toarray()) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ParameterError, match="both need the same"):
        estimate_noise(one, other.T)


def test_spectrum_of_sparse_and_dense_matrices():
    matrix = sparse.random_array((40, 30), density=0.3, rng=np.random.default_rng(0), format="csr")
    expected = np.linalg.svd(matrix.toarray(), compute_uv=False)
    np.testing.assert_allclose(spectrum(matrix), expected)
    np.testing.assert_allclose(spectrum(matrix.toarray(), k=5), expected[:5])
    np.testing.assert_allclose(spectrum(matrix, k=5), expected[:5])
    np.testing.assert_array_equal(spectrum(matrix, k=5), spectrum(matrix, k=5))
    for k in (0, 30):
        with pytest.raises(ParameterError, match=f"k is {k}; it must lie between 1 and 29"):
            spectrum(matrix, k=k)
    for zero in (np.zeros((5, 4)), sparse.csr_array((5, 4))):
        np.testing.assert_array_equal(spectrum(zero, k=2), [0, 0])
    with pytest.raises(ParameterError, match="finite"):
        spectrum(matrix * np.inf)
    with pytest.raises(ParameterError, match="must be a matrix"):
        spectrum([1.0, 2.0])


def test_loss_is_declared():
    assert metric_info("pip_loss").direction == "lower"
