"""What tests start ends with them."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE_S
from tests.processes import ROOT

BEGIN = """
import sys
from pathlib import Path
from tests.processes import Forked, forked, program
forked.set_forkserver_preload(["tests.bound"])  # of the rest nothing is needed here
lasting = "import signal, sys; print('begun', file=open(sys.argv[1], 'w'), flush=True); signal.pause()"
begun = Forked(program, sys.executable, "-c", lasting, sys.argv[1], stdout=Path(sys.argv[1] + ".out"))
print(begun.pid, flush=True)
sys.stdin.read()
"""


def test_a_run_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    said = tmp_path / "said"
    os.mkfifo(said)
    command = [sys.executable, "-c", BEGIN, str(said)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout
        server = os.pidfd_open(int(run.stdout.readline()))
        with said.open(encoding="utf-8") as told:
            assert told.readline() == "begun\n"
        run.kill()

    ended, _, _ = select.select([server], [], [], PATIENCE_S)
    os.close(server)
    assert ended
