"""OpenCV's grabCut by the protocol of clicks.mjs: python clicks_grabcut.py PAIRS

A click is a disc of 0.6 % of the diagonal, certain inside or outside; all other pixels are probably outside at first, and
as the last result says afterwards. Needs numpy, opencv-python-headless.
"""
import json, sys
import cv2, numpy as np

folder = sys.argv[1]; sums = np.zeros(10); box_sum = 0; names = json.load(open(f"{folder}/names.json"))

def innermost(region):
    d = cv2.distanceTransform(np.pad(region.astype(np.uint8), 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    y, x = np.unravel_index(d.argmax(), d.shape)
    return d[y, x], int(x), int(y)

def iou(a, b): return (a & b).sum() / (a | b).sum()

for name in names:
    image = cv2.imread(f"{folder}/{name}.jpg"); truth = cv2.imread(f"{folder}/{name}.mask.png", 0) > 127
    radius = max(1, round(.006 * np.hypot(*truth.shape)))
    state = np.full(truth.shape, cv2.GC_PR_BGD, np.uint8); sure = np.full(truth.shape, 255, np.uint8); found = np.zeros_like(truth)
    for k in range(10):
        missed, wrong = innermost(truth & ~found), innermost(found & ~truth)
        include = missed[0] >= wrong[0]; _, x, y = missed if include else wrong
        cv2.circle(sure, (x, y), radius, cv2.GC_FGD if include else cv2.GC_BGD, -1)
        state[sure != 255] = sure[sure != 255]
        try: cv2.grabCut(image, state, None, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_MASK)
        except cv2.error: pass
        found = (state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD); sums[k] += iou(found, truth)
    x, y, w, h = cv2.boundingRect(truth.astype(np.uint8)); state = np.zeros(truth.shape, np.uint8)
    cv2.grabCut(image, state, (x, y, w, h), np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_RECT)
    box_sum += iou((state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD), truth)
m = sums / len(names)
print("| box | 1 click | 3 | 5 | 10 |"); print(f"| {box_sum / len(names):.3f} | {m[0]:.3f} | {m[2]:.3f} | {m[4]:.3f} | {m[9]:.3f} |")
