"""pymatting on images and trimaps:  python matting.py WORK NAME:WIDTH:HEIGHT...

Reads WORK/NAME.image.raw (RGB), NAME.trimap.raw and NAME.alpha.raw, and writes NAME.matte.raw (estimate_alpha_cf) and
NAME.foreground.raw (estimate_foreground_ml with the true alpha), 8 bits each. Prints the processor time of
estimate_alpha_cf in milliseconds, after a first run. Needs pymatting.
"""

import json
import sys
import time

import numpy as np
from pymatting import estimate_alpha_cf, estimate_foreground_ml

work, scenes = sys.argv[1], [argument.split(":") for argument in sys.argv[2:]]


def read(name, kind, shape):
    return np.fromfile(f"{work}/{name}.{kind}.raw", np.uint8).reshape(shape) / 255.0


def write(name, kind, values):
    np.round(np.clip(values, 0, 1) * 255).astype(np.uint8).tofile(f"{work}/{name}.{kind}.raw")


times = {}
for round in range(2):
    for name, width, height in scenes[:1] if round == 0 else scenes:
        size = (int(height), int(width))
        image = read(name, "image", (*size, 3))
        trimap = read(name, "trimap", size)
        begin = time.process_time()
        alpha = estimate_alpha_cf(image, trimap)
        times[name] = (time.process_time() - begin) * 1000
        write(name, "matte", alpha)
        write(name, "foreground", estimate_foreground_ml(image, read(name, "alpha", size)))
print(json.dumps(times))
