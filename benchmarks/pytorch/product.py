"""One product of `mor bench gemm` in PyTorch.

    python3 product.py INPUT.safetensors OUTPUT.safetensors transposed|plain THREADS

The input holds a [M, K] and b: [N, K] if transposed, else [K, N]. The output is its product c [M, N], for `mor` to verify. Answers
as answers.py says; a result is c's first value.
"""

import sys

import torch

from answers import answer
from tensors import read_safetensors, write_safetensors


def main():
    source, target, kind, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    tensors = read_safetensors(source)
    a, b = tensors["a"], tensors["b"]
    b = b.t() if kind == "transposed" else b
    write_safetensors(target, {"c": torch.mm(a, b)})

    def run():
        c = torch.mm(a, b)
        return lambda: c[0, 0].item()

    answer(run)


if __name__ == "__main__":
    main()
