"""A CLIPSeg of full size (rd64-refined: 151 M parameters) with random weights, as the hub's repositories have it:

    python make_full_size_model.py FOLDER

Hugging Face's own implementation, exported to ONNX in single precision and quantised by onnxruntime (q8). The last
layer is scaled so that heatmaps have some contrast. `model.safetensors` is the same network for PyTorch.
"""

from __future__ import annotations

import json
import os
import sys

import numpy
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "models", "train"))
import tokenizer  # noqa: E402

SIDE = 352
VOCABULARY = 49408


def config() -> CLIPSegConfig:
    return CLIPSegConfig(
        text_config=dict(bos_token_id=VOCABULARY - 2, eos_token_id=VOCABULARY - 1, pad_token_id=VOCABULARY - 1),
        vision_config=dict(patch_size=16, image_size=224),
        extract_layers=[3, 6, 9],
        reduce_dim=64,
        use_complex_transposed_convolution=True,
    )


def tokenizer_json() -> dict:
    """The project's small vocabulary, filled up so that the framing tokens have their true ids."""
    value = tokenizer.tokenizer_json()
    vocab = {t: i for t, i in value["model"]["vocab"].items() if t not in (tokenizer.START, tokenizer.END)}
    vocab.update({f"<filler{i}>": i for i in range(len(vocab), VOCABULARY - 2)})
    vocab.update({tokenizer.START: VOCABULARY - 2, tokenizer.END: VOCABULARY - 1})
    value["model"]["vocab"] = vocab
    for token in value["added_tokens"]:
        token["id"] = vocab[token["content"]]
    value["post_processor"].update(sep=[tokenizer.END, vocab[tokenizer.END]], cls=[tokenizer.START, vocab[tokenizer.START]])
    return value


class Logits(torch.nn.Module):
    def __init__(self, model: CLIPSegForImageSegmentation):
        super().__init__()
        self.model = model

    def forward(self, input_ids, pixel_values, attention_mask):
        return self.model(input_ids=input_ids, pixel_values=pixel_values, attention_mask=attention_mask).logits


def spread(model: CLIPSegForImageSegmentation) -> None:
    """Give the logits of a random image a mean of 0 and a deviation of 3."""
    last = model.decoder.transposed_convolution[-1]
    ids = torch.tensor([[VOCABULARY - 2, 320, VOCABULARY - 1]])
    with torch.no_grad():
        logits = Logits(model)(ids, torch.randn(1, 3, SIDE, SIDE), torch.ones_like(ids))
        scale = 3 / logits.std()
        last.bias.copy_((last.bias - logits.mean()) * scale)
        last.weight.mul_(scale)


def main(folder: str) -> None:
    os.makedirs(f"{folder}/onnx", exist_ok=True)
    torch.manual_seed(0)
    model = CLIPSegForImageSegmentation(config()).eval()
    spread(model)
    model.save_pretrained(folder)
    ids = torch.tensor([[VOCABULARY - 2, 320, 5, VOCABULARY - 1]])
    axes = {0: "text_batch_size", 1: "sequence_length"}
    with torch.no_grad():
        torch.onnx.export(
            Logits(model),
            (ids, torch.randn(1, 3, SIDE, SIDE), torch.ones_like(ids)),
            f"{folder}/onnx/model.onnx",
            input_names=["input_ids", "pixel_values", "attention_mask"],
            output_names=["logits"],
            dynamic_axes=dict(input_ids=axes, attention_mask=axes, pixel_values={0: "image_batch_size"}, logits={0: "text_batch_size"}),
            opset_version=18,
            dynamo=False,
        )
    quantize_dynamic(f"{folder}/onnx/model.onnx", f"{folder}/onnx/model_quantized.onnx", weight_type=QuantType.QUInt8)
    files = {
        "preprocessor_config.json": dict(
            image_processor_type="ViTImageProcessor", do_resize=True, do_rescale=True, do_normalize=True,
            rescale_factor=1 / 255, resample=2, size=dict(height=SIDE, width=SIDE),
            image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
        ),
        "tokenizer_config.json": dict(tokenizer_class="CLIPTokenizer", model_max_length=77),
        "tokenizer.json": tokenizer_json(),
    }
    for name, value in files.items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False)
    size = os.path.getsize(f"{folder}/onnx/model.onnx") / 1e6
    print(f"{folder}: {sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters, {size:.0f} MB of ONNX, numpy {numpy.__version__}")


if __name__ == "__main__":
    main(*sys.argv[1:])
