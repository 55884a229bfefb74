"""Old Word files through LibreOffice, where the machine has one."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

SECONDS = 40
"""It starts slowly; the file it makes is read with the limits of any other."""
_NAMES = ("soffice", "libreoffice")


def converted(data: bytes) -> bytes | None:
    """The same document as .docx; None where there is no LibreOffice or it cannot read the file."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="kewen-office-") as folder:
        source = Path(folder) / "in.doc"
        source.write_bytes(data)
        command = [
            program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
            f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
            "--convert-to", "docx", "--outdir", folder, str(source),
        ]  # fmt: skip
        # A group of its own: the program is a script that starts others.
        running = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"HOME": folder, "PATH": os.defpath, "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            running.wait(SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        made = source.with_suffix(".docx")
        return made.read_bytes() if made.is_file() and made.stat().st_size else None
