"""Gray levels of a depth map, with lists and dictionaries as daz_depthmap_processor gives them out, and with numpy.

    python depth_greys.py

`greys VALUES.f32 plain|compress lists|numpy OUT`: 255 - level of each value as a byte; only the mapping is timed.
"""

import array
import time

import numpy as np
from serve import serve

LEVELS = 256


def level_of(values, compress):
    start = min(values)
    end = max(values) + 0.01
    inside = [value for value in values if start <= value < end]
    unique = sorted(set(inside))
    if compress:
        steps = len(unique) - 1
        return {value: round(rank / steps * LEVELS) for rank, value in enumerate(unique)}
    span = end - start
    return {value: round((value - start) / span * LEVELS) for value in unique}


def with_lists(values, compress):
    levels = level_of(values, compress)
    mapped = [levels.get(value, 255) for value in values]
    return [max(0, 255 - level) for level in mapped]


def with_numpy(values, compress):
    if compress:
        unique, rank = np.unique(values, return_inverse=True)
        levels = np.rint(np.arange(len(unique)) / (len(unique) - 1) * LEVELS)[rank]
    else:
        doubles = values.astype(np.float64)
        start = doubles.min()
        levels = np.rint((doubles - start) / (doubles.max() + 0.01 - start) * LEVELS)
    return np.maximum(0, 255 - levels).astype(np.uint8)


def greys(path, mode, how, out):
    values = np.fromfile(path, np.float32)
    if how == "lists":
        values = array.array("f", values.tobytes()).tolist()
    work = with_lists if how == "lists" else with_numpy
    wall, cpu = time.perf_counter(), time.process_time()
    result = work(values, mode == "compress")
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    with open(out, "wb") as file:
        file.write(bytes(result))
    return taken


serve({"greys": greys})
