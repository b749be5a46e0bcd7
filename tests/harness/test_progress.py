"""What a person sees while a suite runs."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from toolkit.harness.progress import Reporter


def shown(terminal: bool) -> tuple[Reporter, StringIO]:
    written = StringIO()
    return Reporter(3, Console(file=written, force_terminal=terminal, width=100)), written


def test_plain_lines_count_what_ended() -> None:
    reporter, written = shown(terminal=False)
    reporter.end("films als", True, "fit 1.0 s")
    reporter.end("films bpr", False, "failed: no")
    reporter.end("compare", True, "0.1 s", counted=False)
    first, second, third = written.getvalue().splitlines()
    assert first.startswith("[1/3] films als: fit 1.0 s (about")
    assert second.startswith("[2/3] films bpr: failed: no")
    assert third == "compare: 0.1 s"


def test_a_terminal_shows_a_bar_and_what_went_wrong() -> None:
    reporter, written = shown(terminal=True)
    with reporter:
        reporter.end("films als", True, "fit 1.0 s")
        reporter.end("films bpr", False, "failed: no")
    assert "films als" not in written.getvalue()
    assert "[2/3] films bpr: failed: no" in written.getvalue()


def test_the_bar_ends_where_fewer_jobs_are_to_come() -> None:
    reporter, _ = shown(terminal=True)
    reporter.expect_fewer(1)
    assert reporter._bar is not None
    (bar,) = reporter._bar.tasks
    assert (bar.total, bar.fields["count"]) == (2, "0/2")
    reporter.leave_out(1, "torch is not installed")
    assert (bar.total, bar.fields["count"]) == (1, "0/1")
    reporter.end("films als", True, "fit 1.0 s")
    assert bar.finished
