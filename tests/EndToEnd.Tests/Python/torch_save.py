"""Reads {"from": safetensors file, "to": file} from stdin and saves the same tensors with torch.save, as MoE-PEFT does
(a dictionary of parameters), in every form that a strided tensor may have."""

import json
import sys

import torch

import tiny_llama


def main():
    task = json.load(sys.stdin)
    saved = {}
    for number, (name, tensor) in enumerate(sorted(tiny_llama.read_f32(task["from"]).items())):
        if number % 3 == 1:
            tensor = tensor.t().contiguous().t()
        elif number % 3 == 2:
            tensor = torch.cat([torch.zeros_like(tensor[:1]), tensor])[1:]
        saved[name] = torch.nn.Parameter(tensor, requires_grad=True) if number % 2 else tensor
    torch.save(saved, task["to"])
    json.dump({"tensors": len(saved)}, sys.stdout)


main()
