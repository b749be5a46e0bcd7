"""Hinton's network: its size, its recipe against one written out by hand, and what it makes of the family trees."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

import toolkit as tk
from toolkit import FamilyTree, Triples
from toolkit.adapters.torch.families import PAPER
from toolkit.errors import NotFittedError, ParameterError, UnknownNameError, UnsupportedError
from toolkit.tasks import Subject, fact_completion
from toolkit.testing import small_ratings, small_triples

QUICK = {"epochs": 30, "n_restarts": 2}


@pytest.fixture(scope="module")
def families() -> Triples:
    return tk.load_dataset("family-trees")


@pytest.fixture(scope="module")
def fitted(families: Triples) -> FamilyTree:
    """Fitted by the defaults on all facts but those of four inputs."""
    return FamilyTree().fit(families.split("inputs", random_state=5)[0])


def test_units_are_those_of_the_paper(families: Triples) -> None:
    network = FamilyTree(epochs=1, n_restarts=1).fit(families)
    shapes = [weights.shape for weights, _ in network.weights_]
    assert shapes == [(24, 6), (12, 6), (12, 12), (12, 6), (6, 24)]
    assert sum(n_in for n_in, _ in shapes[:2]) == 36
    assert all(biases.shape == (weights.shape[1],) for weights, biases in network.weights_)
    n_parameters = sum(weights.size + biases.size for weights, biases in network.weights_)
    assert n_parameters == 24 * 6 + 12 * 6 + 12 * 12 + 12 * 6 + 6 * 24 + (6 + 6 + 12 + 6 + 24)


def test_other_sizes() -> None:
    network = FamilyTree(embedding_dim=3, hidden=[5], **QUICK).fit(small_triples())
    assert [weights.shape for weights, _ in network.weights_] == [(16, 3), (3, 3), (6, 5), (5, 16)]


def test_embeddings_are_the_weights_from_the_input_units(families: Triples) -> None:
    network = FamilyTree(**QUICK).fit(families)
    assert list(network.embeddings_) == ["person", "relation"]
    for entity, keys, (weights, _) in zip(
        ("person", "relation"), (families.subjects, families.relations), network.weights_[:2], strict=True
    ):
        assert network.embedding(entity).keys.tolist() == list(keys)
        np.testing.assert_array_equal(network.embedding(entity).vectors, weights)


def answers(network: FamilyTree, subjects: list[str], relations: list[str]) -> np.ndarray:
    """Return what reaches the output units for one-hot inputs."""
    layers = [(weights.astype(float), biases.astype(float)) for weights, biases in network.weights_]
    groups = []
    for entity, keys, (weights, biases) in zip(("person", "relation"), (subjects, relations), layers[:2], strict=True):
        names = network.embedding(entity).keys
        one_hot = np.array([[float(name == key) for name in names] for key in keys])
        groups.append(1 / (1 + np.exp(-(one_hot @ weights + biases))))
    active = np.hstack(groups)
    for weights, biases in layers[2:]:
        outputs = active @ weights + biases
        active = 1 / (1 + np.exp(-outputs))
    return outputs


@pytest.mark.parametrize("loss", ["cross-entropy", "tolerant"])
def test_scores_are_those_of_one_hot_inputs(families: Triples, loss: str) -> None:
    network = FamilyTree(loss=loss, **QUICK).fit(families)
    subjects, relations = map(list, zip(*families.inputs, strict=True))
    outputs = answers(network, subjects, relations)
    shares = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    expected = 1 / (1 + np.exp(-outputs)) if loss == "tolerant" else shares / shares.max(axis=1, keepdims=True)
    np.testing.assert_allclose(network.score_objects(subjects, relations), expected, rtol=1e-9)


def test_no_inputs_have_no_scores() -> None:
    assert FamilyTree(**QUICK).fit(small_triples()).score_objects([], []).shape == (0, 16)


def by_hand(start: list[np.ndarray], facts: Triples, sweeps: int) -> list[np.ndarray]:
    """Follow the paper's recipe with gradients by autograd of the whole network at once, one-hot inputs and all."""
    weights = [torch.tensor(each, requires_grad=True) for each in start]
    velocity = [torch.zeros_like(each) for each in weights]
    persons, relations = list(facts.subjects), list(facts.relations)
    for sweep in range(sweeps):
        error = torch.zeros((), dtype=torch.float64)
        for person, relation in facts.inputs:
            first, second = torch.zeros(1, len(persons)).double(), torch.zeros(1, len(relations)).double()
            first[0, persons.index(person)], second[0, relations.index(relation)] = 1, 1
            groups = [first @ weights[0] + weights[1], second @ weights[2] + weights[3]]
            active = torch.cat([torch.sigmoid(group) for group in groups], 1)
            for place in range(4, len(weights), 2):
                active = torch.sigmoid(active @ weights[place] + weights[place + 1])
            for place, name in enumerate(persons):
                output, on = active[0, place], (person, relation, name) in facts.facts
                if on and output < 0.8:
                    error = error + (1 - output) ** 2
                if not on and output > 0.2:
                    error = error + output**2
        gradients = torch.autograd.grad(error, weights)
        rate, momentum = (0.005, 0.5) if sweep < 20 else (0.01, 0.9)
        with torch.no_grad():
            for weight, speed, gradient in zip(weights, velocity, gradients, strict=True):
                speed.mul_(momentum).sub_(gradient, alpha=rate)
                weight.add_(speed).mul_(1 - 0.002)
    return [each.detach().numpy() for each in weights]


def test_the_papers_recipe_step_by_step() -> None:
    facts = small_triples(3)
    unchanged = {**PAPER, "learning_rate": 0.0, "regularization": 0.0, "epochs": 1}
    start = [part for layer in FamilyTree(**unchanged).fit(facts).weights_ for part in layer]
    assert all((np.abs(part) <= 0.3).all() for part in start)
    assert np.std(np.concatenate([part.ravel() for part in start])) == pytest.approx(0.3 / np.sqrt(3), rel=0.1)
    rows = [part.reshape(-1, part.shape[-1]).astype(float) for part in start]
    expected = by_hand(rows, facts, 24)
    found = [part for layer in FamilyTree(**{**PAPER, "epochs": 24}).fit(facts).weights_ for part in layer]
    for part, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(part, wanted.reshape(part.shape), atol=1e-5)
    assert max(np.abs(a - b).max() for a, b in zip(found, start, strict=True)) > 0.01


def test_the_recipe_of_the_paper_is_that_of_1986() -> None:
    network = FamilyTree(**PAPER)
    assert (network.epochs, network.learning_rate, network.regularization) == (1500, 0.01, 0.002)
    assert (network.init_scale, network.noise, network.dropout, network.n_restarts) == (0.3, 0, 0, 1)
    assert (network.embedding_dim, network.hidden) == (6, (12, 6))


def test_the_same_to_the_last_bit_and_other_seeds_differ() -> None:
    facts = small_triples()
    threads = torch.get_num_threads()
    state = torch.get_rng_state()
    first, again, other = (FamilyTree(random_state=seed, **QUICK).fit(facts) for seed in (1, 1, 2))
    for (weights, biases), (same_weights, same_biases) in zip(first.weights_, again.weights_, strict=True):
        np.testing.assert_array_equal(weights, same_weights)
        np.testing.assert_array_equal(biases, same_biases)
    assert first.history_.equals(again.history_)
    assert not np.array_equal(first.embedding().vectors, other.embedding().vectors)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_the_best_of_the_restarts_is_kept() -> None:
    facts = small_triples()
    subjects, relations = map(list, zip(*facts.inputs, strict=True))
    true = np.array([[(s, r, o) in facts.facts for o in facts.subjects] for s, r in facts.inputs])

    def loss(network: FamilyTree) -> float:
        outputs = answers(network, subjects, relations)
        squares = sum((part.astype(float) ** 2).sum() for layer in network.weights_ for part in layer)
        return float((np.log(np.exp(outputs).sum(axis=1)) - outputs[true]).sum() + 0.01 / 2 * squares)

    # without noise, the first of several starts is the start of one alone, whose weights are drawn first
    several = [FamilyTree(epochs=60, n_restarts=n, noise=0, dropout=0, regularization=0.01) for n in (1, 6)]
    alone, best = (loss(network.fit(facts)) for network in several)
    losses = [loss(network.set_params(random_state=seed).fit(facts)) for network in several[1:] for seed in range(1, 4)]
    singles = [loss(several[0].set_params(random_state=seed).fit(facts)) for seed in range(1, 9)]
    assert np.mean([best, *losses]) < np.mean([alone, *singles])


def test_loss_curve(fitted: FamilyTree) -> None:
    history = fitted.history_
    assert history["epoch"].tolist() == list(range(1, fitted.epochs + 1))
    assert history["train_loss"].iloc[0] > np.log(24) - 0.2  # all persons alike, or worse
    assert history["train_loss"].iloc[-1] < 0.2


def test_it_learns_all_it_is_taught(families: Triples, fitted: FamilyTree) -> None:
    train, _ = families.split("inputs", random_state=5)
    scores = fact_completion(Subject("x", fitted.embeddings_, fitted, train, train))
    assert {score.metric: score.value for score in scores}["right"] == 1


def test_it_answers_inputs_that_it_was_not_taught(families: Triples, fitted: FamilyTree) -> None:
    train, test = families.split("inputs", random_state=5)
    scores = {
        name: tk.evaluate(embedder, (train, test), tasks=["fact-completion"]).set_index("metric")["value"]
        for name, embedder in {"chance": tk.Random(6), "pca": tk.PCA(6)}.items()
    }
    found = fact_completion(Subject("x", fitted.embeddings_, fitted, train, test))
    mrr = {score.metric: score.value for score in found}["filtered_mrr"]
    assert mrr > 0.6  # of four inputs; over all of them it is .89
    assert mrr > max(scores["chance"]["filtered_mrr"], scores["pca"]["filtered_mrr"])


def test_a_fitted_network_needs_no_torch(fitted: FamilyTree) -> None:
    code = (
        "import pickle, sys; network = pickle.load(sys.stdin.buffer); "
        "print(network.score_objects(['Colin'], ['father']).shape, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(fitted), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "(1, 24) False"


def test_what_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="FamilyTree learns from triples, which Ratings does not offer"):
        FamilyTree().fit(small_ratings())
    with pytest.raises(ParameterError, match="optimizer of FamilyTree is 'adm', did you mean 'adam'"):
        FamilyTree(optimizer="adm").fit(small_triples())
    with pytest.raises(ParameterError, match="hidden of FamilyTree"):
        FamilyTree(hidden=()).fit(small_triples())
    with pytest.raises(NotFittedError):
        FamilyTree().score_objects(["a0"], ["next"])
    network = FamilyTree(**QUICK).fit(small_triples())
    with pytest.raises(UnknownNameError, match="unknown person 'a9'"):
        network.score_objects(["a9"], ["next"])
    with pytest.raises(UnknownNameError, match="unknown relation 'nxt'; did you mean 'next'"):
        network.score_objects(["a0"], ["nxt"])
    with pytest.raises(ParameterError, match="pairs"):
        network.score_objects(["a0"], [])
