"""The check of the notebooks bites."""

import subprocess
import sys
from pathlib import Path

MUST_FAIL = Path(__file__).parent / "notebooks" / "must_fail.ipynb"


def test_a_wrong_saved_output_fails_the_notebook_check():
    """A notebook whose saved output differs from what it computes fails under nbval."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-o", "addopts=-q", str(MUST_FAIL)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "mismatch" in run.stdout
