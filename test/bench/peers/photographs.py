"""OpenCV on heatmaps and photographs:  python photographs.py PAIRS WORK NAME...

Reads WORK/NAME.MODEL.f32 (352 x 352) and writes WORK/NAME.MODEL.METHOD.raw, one byte a pixel, 255 = selected.
Prints the mean processor time of each method in milliseconds, on one thread. Needs numpy and
opencv-contrib-python-headless; without contrib the filters of ximgproc are left out.
"""

import glob
import json
import os
import sys
import time

import cv2
import numpy as np

pairs, work, names = sys.argv[1], sys.argv[2], sys.argv[3:]
cv2.setNumThreads(1)


def grab_cut(image, heatmap):
    labels = np.full(heatmap.shape, cv2.GC_PR_BGD, np.uint8)
    labels[heatmap >= 0.5] = cv2.GC_PR_FGD
    labels[heatmap < 0.2] = cv2.GC_BGD
    labels[heatmap > 0.8] = cv2.GC_FGD
    if not ((labels == 1) | (labels == 3)).any() or not ((labels == 0) | (labels == 2)).any():
        return heatmap >= 0.5
    model = np.zeros((1, 65))
    cv2.grabCut(image, labels, None, model, model.copy(), 5, cv2.GC_INIT_WITH_MASK)
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)


methods = {"OpenCV grabCut, seeded at 0.2 and 0.8": grab_cut}
if hasattr(cv2, "ximgproc"):
    methods["OpenCV guidedFilter, r 8, eps 1e-3"] = lambda image, heatmap: (
        cv2.ximgproc.guidedFilter((image / 255).astype(np.float32), heatmap, 8, 1e-3) >= 0.5
    )
    methods["OpenCV fast global smoother (500, 6)"] = lambda image, heatmap: (
        cv2.ximgproc.fastGlobalSmootherFilter(image, heatmap, 500, 6) >= 0.5
    )

spent = dict.fromkeys(methods, 0.0)
count = 0
for name in names:
    image = cv2.imread(os.path.join(pairs, f"{name}.jpg"))
    height, width = image.shape[:2]
    for path in sorted(glob.glob(os.path.join(glob.escape(work), f"{name}.*.f32"))):
        small = np.fromfile(path, np.float32).reshape(352, 352)
        heatmap = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        count += 1
        for method, run in methods.items():
            begin = time.process_time()
            selected = run(image, heatmap)
            spent[method] += time.process_time() - begin
            (selected.astype(np.uint8) * 255).tofile(f"{path[:-4]}.{method}.raw")
print(json.dumps({method: seconds * 1000 / count for method, seconds in spent.items()}))
