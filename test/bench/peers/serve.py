"""Runs operations as they are asked for, so that another program can measure its own in turns with them.

A line of input is JSON: [name, argument...]. A line of output is {"wall", "cpu": seconds, "value": what it returned}.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def serve(operations: dict[str, Callable]) -> None:
    operations = {"peak": peak_megabytes, **operations}
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        wall, cpu = time.perf_counter(), time.process_time()
        value = operations[name](*arguments)
        taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        json_value = value if isinstance(value, (int, float, str, dict)) else None
        print(json.dumps({**taken, "value": json_value}), flush=True)
