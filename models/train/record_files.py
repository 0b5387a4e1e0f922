"""Write size and SHA-256 of the embedded models' files into models.json: python3 models/train/record_files.py"""

from __future__ import annotations

import hashlib
import json
import os

MODELS = os.path.join(os.path.dirname(__file__), "..")


def files_of(folder: str) -> dict:
    root = os.path.join(MODELS, folder)
    paths = sorted(os.path.relpath(os.path.join(place, name), root) for place, _, names in os.walk(root) for name in names)
    found = {}
    for path in paths:
        with open(os.path.join(root, path), "rb") as file:
            content = file.read()
        found[path.replace(os.sep, "/")] = dict(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    return found


def main() -> None:
    path = os.path.join(MODELS, "models.json")
    with open(path, encoding="utf-8") as file:
        models = json.load(file)
    for model in models:
        if "folder" in model:
            model["files"] = files_of(model["folder"])
    with open(path, "w", encoding="utf-8") as file:
        json.dump(models, file, indent=2, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
