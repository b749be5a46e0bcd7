"""Completion in a shell: what bash itself offers after a few letters."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import shtab

from toolkit.cli import main

ASK = """
source ./completion.sh
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_shtab_toolkit
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Return a function that gives bash a line and returns what it offers for its last word."""
    assert main(["completion", "bash"]) == 0
    (tmp_path / "completion.sh").write_text(capsys.readouterr().out)
    bash = shutil.which("bash")
    assert bash

    def offered(*line: str) -> set[str]:
        done = subprocess.run(
            [bash, "-c", ASK, "bash", *line], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True
        )
        return set(done.stdout.split())

    return offered


def test_commands_options_and_names_are_completed(ask, tmp_path: Path) -> None:
    (tmp_path / "quick.toml").write_text("")
    assert {"run", "report", "export", "completion"} <= ask("toolkit", "")
    assert "--workers" in ask("toolkit", "run", "--")
    assert ask("toolkit", "run", "qui") == {"quickstart", "quick.toml"}
    assert ask("toolkit", "fetch", "movielens-1") == {"movielens-100k", "movielens-1m", "movielens-10m"}
    assert ask("toolkit", "export", "--to", "pr") == {"projector"}
    assert ask("toolkit", "report", "--format", "l") == {"latex"}


@pytest.mark.parametrize("shell", shtab.SUPPORTED_SHELLS)
def test_every_shell_has_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "quickstart" in capsys.readouterr().out


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bsh"]) == 2
    assert "did you mean 'bash'?" in capsys.readouterr().err
