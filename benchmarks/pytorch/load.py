"""Loading of `mor bench load` in PyTorch, without the package safetensors.

    python3 load.py FILE.safetensors float32|bfloat16

Reads every tensor straight into memory of its own, one read each, and converts it if it is stored in another type. Answers as
answers.py says; a result is the sum of all values.
"""

import json
import struct
import sys

import torch

from answers import answer

TYPES = {"F32": torch.float32, "BF16": torch.bfloat16}


def load(path, dtype):
    """Tensors by name."""
    tensors = {}
    with open(path, "rb", buffering=0) as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        for name, entry in sorted(header.items(), key=lambda item: item[1].get("data_offsets", [0])[0]):
            if name == "__metadata__":
                continue
            file.seek(8 + length + entry["data_offsets"][0])
            tensor = torch.empty(entry["shape"], dtype=TYPES[entry["dtype"]])
            whole = tensor.view(torch.int16 if tensor.element_size() == 2 else torch.int32)
            if file.readinto(whole.numpy()) != tensor.numel() * tensor.element_size():
                raise SystemExit(f"{name}: the file is too short")
            # A norm is small, and computed in float32 whatever the matrices are kept in.
            tensors[name] = tensor.to(dtype if tensor.dim() == 2 else torch.float32)
    return tensors


def main():
    path, dtype = sys.argv[1:]

    def run():
        tensors = load(path, getattr(torch, dtype))
        return lambda: sum(tensor.sum(dtype=torch.float64).item() for tensor in tensors.values())

    answer(run)


if __name__ == "__main__":
    main()
