"""Grey levels of a depth map with lists and dictionaries, as daz_depthmap_processor gives them out.

usage: depth_greys.py values.f32 plain|compress out.bin
Reads float32 values, writes 255 - level for each as a byte, prints its own processor and wall time in seconds.
"""

import array
import sys
import time

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


def main(path, mode, out):
    values = array.array("f")
    with open(path, "rb") as file:
        values.frombytes(file.read())
    values = values.tolist()
    wall, cpu = time.perf_counter(), time.process_time()
    levels = level_of(values, mode == "compress")
    mapped = [levels.get(value, 255) for value in values]
    inverted = [255 - level for level in mapped]
    print(time.process_time() - cpu, time.perf_counter() - wall)
    with open(out, "wb") as file:
        file.write(bytes(max(0, level) for level in inverted))


main(*sys.argv[1:])
