"""Write the scenes of the project's tests: python3 models/train/make_fixtures.py

Held-out scenes of several formats in test/fixtures/scenes/, with a mask for every phrase and a manifest.
"""

from __future__ import annotations

import glob
import os

from draw_examples import ROOT
from scenes import export_scene, write_manifest

FIRST = 40_000_000
SIZES = [(300, 200), (240, 240), (200, 300), (280, 210), (320, 180), (300, 200)]
# Offsets of scenes with several things in them.
CHOSEN = (1, 2, 5, 6, 11, 14, 16, 18, 25, 26, 30, 34)


def main() -> None:
    out = os.path.join(ROOT, "test", "fixtures", "scenes")
    os.makedirs(out, exist_ok=True)
    for old in glob.glob(f"{out}/*"):
        os.remove(old)
    entries = []
    for k, offset in enumerate(CHOSEN):
        width, height = SIZES[k % len(SIZES)]
        entries.append(export_scene(out, FIRST + offset, width, height, least=0.02, strength=0.25))
    write_manifest(out, entries)


if __name__ == "__main__":
    main()
