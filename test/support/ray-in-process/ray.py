"""The few calls of Ray Data that examples/ray/masks.py makes, in one process: for machines without Ray."""

from types import SimpleNamespace


class _Dataset:
    def __init__(self, rows):
        self.rows = rows

    def map_batches(self, worker, fn_constructor_args, batch_size, concurrency):
        actors = [worker(*fn_constructor_args) for _ in range(concurrency)]
        rows = []
        for number, start in enumerate(range(0, len(self.rows), batch_size)):
            batch = [row["item"] for row in self.rows[start : start + batch_size]]
            answers = actors[number % concurrency]({"item": batch})
            rows += [dict(zip(answers, values)) for values in zip(*answers.values())]
        return _Dataset(rows)

    def iter_rows(self):
        return iter(self.rows)


data = SimpleNamespace(from_items=lambda items: _Dataset([{"item": item} for item in items]))
