"""One recording: a process that mixes, encodes and slices, and tells its supervisor.

Only PyAV, numpy and Pillow are imported here. The blits are far too small to gain
from BLAS threads, which would only take memory; said before numpy is first imported.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
