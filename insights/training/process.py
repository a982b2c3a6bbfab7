"""A training in a process of its own.

The pools of threads of DuckDB and OpenMP do not survive the fork by which Celery makes its workers, and the memory of
a training goes back to the system with its process.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys

logger = logging.getLogger(__name__)


def work_apart(run_id: int | None = None) -> None:
    """Do a waiting training, or all of them one after the other, and wait for the end."""
    arguments = [] if run_id is None else [str(run_id)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-m", __name__, *arguments], env=environment, check=False)  # noqa: S603
    if done.returncode:
        logger.warning("The process of a training ended with %s; the run says why.", done.returncode)


def main(arguments: list[str]) -> int:
    """Set Django up and work; told to stop, give the run back to the queue."""
    import django

    # Celery's processes have Ctrl-C ignored, and a child inherits that.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    django.setup()
    from insights.exceptions import InsightsError
    from insights.training.pipeline import work_off
    from insights.training.schema import check_schema

    try:
        check_schema()
        return 1 if work_off(int(arguments[0]) if arguments else None) else 0
    except InsightsError as error:
        logger.warning("%s", error)
        return 1
    except KeyboardInterrupt:
        logger.warning("Told to stop; the next worker goes on from the last step.")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
