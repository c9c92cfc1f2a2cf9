"""`make bench`: every figure we tell, measured one after the other on this machine.

Ratios are against a baseline measured in the same run; single figures wander with
whatever else the machine does.
"""

import subprocess
import sys

PARTS = (
    "mix",
    "live",
    "start_click",
    "layout_step",
    "apply_layout",
    "drag_frames",
    "wall",
    "ledger",
)


def main() -> int:
    chosen = sys.argv[1:] or PARTS
    failed = 0
    for part in chosen:
        print(f"\n== {part}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"tests.benchmarks.{part}"]).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
