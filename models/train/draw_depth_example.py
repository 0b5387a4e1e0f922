"""Write how far everything in the still life is: python3 models/train/draw_depth_example.py | node models/train/write_depth_example.mjs

Raw little-endian float32, row by row, 1536 x 1024, in metres: the drawer's nearness (0 far, 1 near) is taken as
inverse distance between 6 m and 1.2 m, as a camera would see it.
"""

import sys

import numpy as np

from draw_examples import still_life

FAR, NEAR = 6.0, 1.2

nearness = np.clip(still_life().near, 0, 1)
inverse = 1 / FAR + (1 / NEAR - 1 / FAR) * nearness
sys.stdout.buffer.write((1 / inverse).astype("<f4").tobytes())
