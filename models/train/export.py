"""What both exports share: writing an ONNX file whose weights are stored in half precision and used in single."""

from __future__ import annotations

import json
import os

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper


def write_json(path: str, value: dict, indent: int | None = 2) -> None:
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, indent=indent, ensure_ascii=False)
        f.write("\n")


def store_in_half(path: str, least: int = 256) -> None:
    """Keep large weights as float16 with a Cast to float32 in the graph: half the file, the same arithmetic."""
    model = onnx.load(path)
    graph = model.graph
    casts, kept = [], []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and int(np.prod(tensor.dims)) >= least:
            half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name + "_half")
            kept.append(half)
            casts.append(helper.make_node("Cast", [half.name], [tensor.name], name=tensor.name + "_cast", to=TensorProto.FLOAT))
        else:
            kept.append(tensor)
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def export_onnx(module: torch.nn.Module, inputs: tuple, path: str, names: list[str], outputs: list[str], axes: dict) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    module.eval()
    with torch.no_grad():
        torch.onnx.export(
            module, inputs, path, input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=14, do_constant_folding=True, dynamo=False
        )
    store_in_half(path)
