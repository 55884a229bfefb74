"""What holds for the process of every test, before anything is loaded in it."""

import gc
import os

# As the command sets them, see cli.py: garbage is looked for less often, and one question is small work.
gc.set_threshold(50_000, 20, 50)
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
