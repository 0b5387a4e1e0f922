"""A channel of a photograph as a mask, with Pillow and numpy: read the JPEG, take the channel, stretch it, write a PNG.

    python channels.py
"""

import io

import numpy as np
from PIL import Image
from serve import serve

MODES = {"lab": "LAB", "rgb": "RGB", "yuv": "YCbCr", "hsv": "HSV"}


def mask(photograph: str, channel: str) -> int:
    space, band = channel.split(".")
    image = Image.open(photograph)
    if space == "lab":
        # Pillow converts RGB to LAB by way of a color profile.
        from PIL import ImageCms

        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        image = ImageCms.applyTransform(image, ImageCms.buildTransform(*profiles, "RGB", "LAB"))
    plane = np.asarray(image.convert(MODES[space]).getchannel(space.index(band)), np.float32)
    low, high = plane.min(), plane.max()
    stretched = ((plane - low) * (255 / max(high - low, 1))).round().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(stretched).save(file, "PNG")
    return len(file.getvalue())


serve({"mask": mask})
