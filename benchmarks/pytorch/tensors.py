"""Safetensors files in plain numpy: what the baselines read and write."""

import json
import struct

import numpy
import torch


def read_safetensors(path, device="cpu"):
    """Tensors of a float32 safetensors file by name, on a device."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(data, dtype=numpy.float32, count=(end - begin) // 4, offset=begin)
        tensors[name] = torch.from_numpy(values.copy()).reshape(entry["shape"]).to(device)
    return tensors


def write_safetensors(path, tensors):
    """Writes float32 tensors by name."""
    header, begin = {}, 0
    for name, tensor in tensors.items():
        end = begin + 4 * tensor.numel()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.detach().contiguous().numpy().tobytes())
