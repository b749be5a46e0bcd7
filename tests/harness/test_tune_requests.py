"""How tuning is asked for: the table of a suite, the option of the command line, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import toolkit as tk
from toolkit.cli import main
from toolkit.errors import DataError, ParameterError, ToolkitError
from toolkit.harness import load_suite
from toolkit.harness.objective import judge, objective_of
from toolkit.harness.plan import plan
from toolkit.harness.tuning import plan_tunings
from toolkit.registry import embedder_class
from toolkit.testing import small_ratings

Write = Callable[..., Path]
BODY = """
splits = ["holdout"]
tasks = ["item-similarity", {{ name = "{task}", options = {{ {options} }} }}]
embedders = ["svd", {{ name = "pca", params = {{ embedding_dim = 3 }} }}]
[tune]
{tune}
"""


def body(tune: str, task: str = "rating-prediction", options: str = "") -> str:
    return BODY.format(tune=tune, task=task, options=options)


@pytest.mark.parametrize(
    ("tune", "message"),
    [
        ("", "give the budget either as trials or as seconds"),
        ("trials = 3\nseconds = 5.0", "give the budget either as trials or as seconds"),
        ("trials = 0", "tune.trials: input should be greater than or equal to 1, found 0"),
        ("trials = true", "tune.trials: input should be a valid integer, found True"),
        ("trials = 2.5", "tune.trials: input should be a valid integer, found 2.5"),
        ("seconds = -1", "tune.seconds: input should be greater than 0, found -1"),
        ("seconds = inf", "tune.seconds: input should be less than or equal to 1000000, found inf"),
        ("seconds = nan", "tune.seconds: input should be less than or equal to 1000000, found nan"),
        ("trails = 3", "'trails'; did you mean 'trials'"),
        ("trials = 3\nvalidation = 0.0", "tune.validation: input should be greater than 0"),
        ("trials = 3\ndivisions = 0", "tune.divisions: input should be greater than or equal to 1"),
        ("trials = 3\nvalidation = 0.9", "tune.validation: input should be less than or equal to 0.5"),
        ('trials = 3\ntask = "rankign"', "unknown task to tune by 'rankign'; did you mean 'ranking'"),
        ('trials = 3\ntask = "item-similarity"', "unknown task to tune by 'item-similarity'"),
        ('trials = 3\nreadout = "rigde"', "unknown readout to tune by 'rigde'; did you mean 'ridge'"),
        ('trials = 3\nmetric = "rsme"', "unknown metric to tune by 'rsme'; did you mean 'rmse'"),
        ('trials = 3\nmetric = "ndcg@0"', "unknown metric to tune by 'ndcg@0'; did you mean 'ndcg@10'"),
        ('trials = 3\nmetric = "ndcg@k"', "unknown metric to tune by 'ndcg@k'; did you mean 'ndcg@10'"),
        ('trials = 3\ntask = "ranking"\nmetric = "rmse"', "unknown metric to tune by 'rmse'"),
        ('trials = 3\nstorage = "here.db"', "tune.storage is no URL that Optuna can open"),
        ('trials = 3\nstorage = "sqlite://"', "tune.storage is 'sqlite://', which other processes cannot see"),
    ],
)
def test_what_is_wrong_in_the_table(suite: Write, tune: str, message: str) -> None:
    with pytest.raises(ToolkitError) as caught:
        load_suite(suite(body(tune)))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_readout_or_metric_that_the_task_lacks(suite: Write) -> None:
    for tune, message in (
        ('metric = "ndcg@5"', "tune.metric is 'ndcg@5'; task 'rating-prediction' has rmse, mae, rmse_user"),
        ('task = "ranking"\nreadout = "cosine"\nmetric = "ndcg@5"', ""),
    ):
        loaded = load_suite(suite(body(f"trials = 3\n{tune}")))
        if not message:
            assert len(plan_tunings(loaded, plan(loaded))) == 2
            continue
        with pytest.raises(ParameterError) as caught:
            plan_tunings(loaded, plan(loaded))
        assert message in str(caught.value)


def test_fewer_candidates_than_the_suite_itself_has(suite: Write) -> None:
    loaded = load_suite(suite(body("trials = 2").replace("tasks =", "dims = [2, 3, 4]\ntasks =")))
    with pytest.raises(ParameterError, match=r"tune\.trials is 2; the suite's own dims alone are 3"):
        plan_tunings(loaded, plan(loaded))


def test_what_data_without_ratings_is_tuned_by(suite: Write) -> None:
    both = BODY.replace("tasks = [", 'tasks = ["ranking", ')
    loaded = load_suite(suite(both.format(tune="trials = 2", task="rating-prediction", options="")))
    by_ratings = load_suite(
        suite(both.format(tune='trials = 2\ntask = "rating-prediction"', task="rating-prediction", options=""))
    )
    for explicit in (loaded, by_ratings):
        assert len(plan_tunings(explicit, plan(explicit))) == 2
    assert {tuning.objective.task for tuning in plan_tunings(loaded, plan(loaded), {"films"})} == {"ranking"}
    with pytest.raises(ParameterError, match="holds no ratings"):
        plan_tunings(by_ratings, plan(by_ratings), {"films"})
    alone = load_suite(suite(body("trials = 2")))
    with pytest.raises(ParameterError, match="experiment 'films' holds no ratings, so nothing is tuned by rating-pred"):
        plan_tunings(alone, plan(alone), {"films"})


def test_a_label_that_tuning_takes(suite: Write) -> None:
    text = body("trials = 3").replace('name = "pca"', 'name = "pca", label = "svd (tuned)"')
    with pytest.raises(DataError, match=r"two embedders called 'svd \(tuned\)', one of them by tuning"):
        load_suite(suite(text))
    load_suite(suite(text.partition("[tune]")[0]))


def test_a_quick_version_may_tune_less(suite: Write) -> None:
    path = suite(body("trials = 30\nvalidation = 0.2") + "[quick]\ntune = { trials = 3 }\n")
    assert load_suite(path).tune.trials == 30
    assert load_suite(path, quick=True).tune.trials == 3


@pytest.mark.parametrize(
    ("tune", "trials", "seconds"), [(7, 7, None), ("7", 7, None), ("60s", None, 60.0), ("0.5s", None, 0.5)]
)
def test_a_budget_in_place_of_the_suites(suite: Write, tune: int | str, trials: object, seconds: object) -> None:
    found = load_suite(suite(body("trials = 3\nvalidation = 0.2")), tune=tune).tune
    assert (found.trials, found.seconds, found.validation) == (trials, seconds, 0.2)
    without = suite(body("").partition("[tune]")[0])
    assert load_suite(without).tune is None
    assert (load_suite(without, tune=tune).tune.trials, load_suite(without, tune=tune).tune.seconds) == (
        trials,
        seconds,
    )


@pytest.mark.parametrize(
    "tune", ["", "0", "-3", "s", "0s", "1e3s", "3 s", "60m", "ten", "2.5", True, 0, 1.5, "nan", "²"]
)
def test_what_is_no_budget(suite: Write, tune: object) -> None:
    with pytest.raises(
        ParameterError, match="it must be a number of trials for each method, such as 30, or of seconds"
    ):
        load_suite(suite(body("trials = 3")), tune=tune)


@pytest.mark.parametrize(
    ("method", "tasks", "chosen", "expected"),
    [
        ("svd", {"rating-prediction": {}}, {}, ("rating-prediction", "native", "rmse", {})),
        ("pca", {"rating-prediction": {}}, {}, ("rating-prediction", "ridge-two-sided", "rmse", {})),
        ("pca", {"item-similarity": {}, "ranking": {"k": 3}}, {}, ("ranking", "native", "ndcg@3", {"k": 3})),
        ("word2vec", {"ranking": {}, "rating-prediction": {}}, {}, ("ranking", "cosine", "ndcg@10", {"k": 10})),
        (
            "svd",
            {"rating-prediction": {"readouts": ["native"], "random_state": 3}},
            {"readout": "ridge", "metric": "mae"},
            ("rating-prediction", "ridge", "mae", {"random_state": 3}),
        ),
        (
            "svd",
            {"rating-prediction": {}, "ranking": {"k": 3, "metrics": ["auc"]}},
            {"task": "ranking", "metric": "recall@5"},
            ("ranking", "native", "recall@5", {"k": 5}),
        ),
        ("svd", {"ranking": {}}, {"metric": "auc"}, ("ranking", "native", "auc", {})),
    ],
)
def test_by_what_a_method_is_judged(
    method: str, tasks: dict[str, dict], chosen: dict[str, str], expected: tuple[object, ...]
) -> None:
    found = objective_of(embedder_class(method), tasks, **chosen)
    assert (found.task, found.readout, found.metric, found.options) == expected


def test_nothing_to_judge_by() -> None:
    assert objective_of(embedder_class("svd"), {"item-similarity": {}}) is None


@pytest.mark.parametrize(
    ("method", "tasks"), [("svd", {"rating-prediction": {}}), ("als", {"ranking": {"k": 4}}), ("pca", {"ranking": {}})]
)
def test_a_candidate_is_judged_as_any_method_is(method: str, tasks: dict[str, dict]) -> None:
    train, validation = small_ratings(60, 30).split("holdout", test_size=0.3)
    objective = objective_of(embedder_class(method), tasks)
    found = judge(objective, method, {"embedding_dim": 3, "random_state": 0}, train, validation)
    model = tk.make_embedder(method, embedding_dim=3, random_state=0)
    table = tk.evaluate(model, (train, validation), tasks=[objective.task])
    if objective.metric in set(table["metric"]):
        rows = table[(table["metric"] == objective.metric) & (table["readout"] == objective.readout)]
        assert found == pytest.approx(rows["value"].item(), abs=1e-12)
    else:
        assert objective.metric == "ndcg@4"
        assert 0 < found <= 1


def test_why_a_candidate_cannot_be_judged() -> None:
    train, validation = small_ratings().split("holdout")
    objective = objective_of(embedder_class("svd"), {"rating-prediction": {}})
    with pytest.raises(DataError, match="no rmse by readout 'native': pca has no predictor of ratings of its own"):
        judge(objective, "pca", {"embedding_dim": 3}, train, validation)


def test_on_the_command_line(suite: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = suite(body("").partition("[tune]")[0])
    out = str(tmp_path / "run")
    assert main(["run", str(path), "--out", out, "--tune", "2"]) == 0
    told = capsys.readouterr().err
    assert "tune films holdout svd: 2 tried, rmse " in told
    run = tk.open_run(out)
    assert run.tuning.groupby("embedder").size().to_dict() == {"svd": 2, "pca": 2}
    assert run.info["command"].endswith("--tune 2")
    assert "svd (tuned)" in (run.path / "report.md").read_text()
    before = sorted(run.path.rglob("*"))
    for arguments, message in (
        (["--tune", "many"], "toolkit: tune is 'many'; it must be a number of trials"),
        (["--tune"], "expected one argument"),
        (["--tune", "60s", "--timeout", "60"], "each method is tuned for 60 s, but timeout ends that after 60 s"),
    ):
        try:
            code = main(["run", str(path), "--out", out, "--fresh", *arguments])
        except SystemExit as stop:
            code = stop.code
        (line,) = capsys.readouterr().err.splitlines()
        assert code == 2
        assert message in line
    assert sorted(run.path.rglob("*")) == before


def test_a_storage_that_cannot_be_opened_costs_no_run(
    suite: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    path = suite(body("trials = 1"))
    tk.run(path, out=out, only=["pca"], quiet=True)
    assert (out / "tuning.db").is_file()
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    for storage, message in (
        (f"sqlite:///{tmp_path}/nowhere/x.db", "tune.storage cannot be opened: unable to open database file"),
        ("nosuchbase://me:secret@host/db", "tune.storage cannot be opened"),
    ):
        path.write_text(path.read_text().partition("storage")[0] + f'storage = "{storage}"\n')
        assert main(["run", str(path), "--out", str(out), "--fresh", "--only", "pca"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line
        assert "secret" not in line
    assert {file: file.read_bytes() for file in out.rglob("*") if file.is_file()} == before
    path.write_text(path.read_text().partition("storage")[0])
    again = tk.run(path, out=out, only=["pca"], fresh=True, quiet=True)
    assert len(again.tuning) == 1, "--fresh begins a database of its own"


def test_a_password_is_not_published(suite: Write) -> None:
    loaded = load_suite(suite(body('trials = 1\nstorage = "postgresql://me:secret@host/db"')))
    assert loaded.tune.storage == "postgresql://me:secret@host/db"
    assert "secret" not in json.dumps(loaded.model_dump(mode="json"))
    assert "secret" not in repr(plan_tunings(loaded, plan(loaded)))
