"""Masks of many images with Ray Data: a worker process for each actor, its model loaded once.

    pip install ray
    python examples/ray/masks.py recipe.yaml s3://bucket/masks images.txt

images.txt names an image a line: paths that every node sees, or s3:// URIs. One line of JSON is printed for each.
"""

import json
import os
import subprocess
import sys

import ray


class Worker:
    """Keeps one `maskwright work --stdio` and hands it a line for each image."""

    def __init__(self, recipe, outdir):
        command = os.environ.get("MASKWRIGHT", "maskwright").split()
        arguments = ["work", "--stdio", recipe, "--output-dir", outdir, "--resume"]
        self.process = subprocess.Popen(
            [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, batch):
        # Written and read by turns: the answers carry the ids, as they may come in another order.
        paths = list(batch["item"])
        for number, path in enumerate(paths):
            self.process.stdin.write(json.dumps({"id": number, "input": str(path)}) + "\n")
        self.process.stdin.flush()
        answers = [None] * len(paths)
        for _ in paths:
            line = self.process.stdout.readline()
            if line == "":
                raise RuntimeError("the worker ended; see its standard error")
            answer = json.loads(line)
            answers[answer["id"]] = line.strip()
        return {"answer": answers}


def whole(path):
    """Actors run in folders of their own."""
    return path if "://" in path else os.path.abspath(path)


def main():
    recipe, outdir, names = sys.argv[1:4]
    with open(names, encoding="utf-8") as file:
        images = [line.strip() for line in file if line.strip()]
    workers = int(os.environ.get("WORKERS", "2"))
    answers = ray.data.from_items([whole(image) for image in images]).map_batches(
        Worker, fn_constructor_args=(whole(recipe), whole(outdir)), batch_size=16, concurrency=workers
    )
    for row in answers.iter_rows():
        print(row["answer"])


if __name__ == "__main__":
    main()
