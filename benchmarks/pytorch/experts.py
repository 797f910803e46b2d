"""The experts of `mor bench experts` in PyTorch: forward and backward, without routers and frozen linears.

    python3 experts.py loop|dense CONFIG.json OUTPUT.safetensors

loop and dense are those of mixture.py. The config names the adapter's file and one with inputs: of each dispatch point x, the
chosen experts, their gates, and the gradient of each output. The output holds what one pass computes, for `mor` to verify: each
output, and the gradients of x, of the gates and of every A and B. Answers as answers.py says; a result is the first output's first
value.
"""

import json
import sys

import torch

from answers import answer
from mixture import POINTS, DensePoint, LoopPoint
from tensors import read_safetensors, write_safetensors


class Place:
    """A dispatch point with what goes into it."""

    def __init__(self, point, config, weights, tensors, inputs, layer, name):
        self.prefix, self.layer, self.name = str(layer * len(POINTS) + list(POINTS).index(name)), layer, name
        self.point = point(config, weights, tensors, layer, name)
        self.x = inputs[f"{self.prefix}.x"].requires_grad_()
        self.gates = inputs[f"{self.prefix}.gates"].requires_grad_()
        self.indices = inputs[f"{self.prefix}.experts"].long()
        self.gradients = [inputs[f"{self.prefix}.{i}.gradient"] for i in range(len(POINTS[name]))]
        self.leaves = [self.x, self.gates, *(p for n, p in self.point.named_parameters() if not n.startswith("router"))]

    def run(self):
        for leaf in self.leaves:
            leaf.grad = None
        zeros = [torch.zeros_like(gradient) for gradient in self.gradients]
        outputs = self.point.add(self.x, zeros, self.indices, self.gates)
        torch.autograd.backward(outputs, self.gradients)
        return outputs

    def results(self):
        """What a pass computes, by name."""
        results = {f"{self.prefix}.{i}.y": y for i, y in enumerate(self.run())}
        results[f"{self.prefix}.x"] = self.x.grad
        results[f"{self.prefix}.gates"] = self.gates.grad
        for i, linear in enumerate(POINTS[self.name]):
            for e in range(self.point.router.experts):
                prefix = f"base_model.model.model.layers.{self.layer}.{linear}.experts.{e}."
                a, b = self.expert_gradients(i, e)
                results[prefix + "lora_A.weight"], results[prefix + "lora_B.weight"] = a, b
        return results

    def expert_gradients(self, linear, expert):
        if isinstance(self.point, LoopPoint):
            found = self.point.lora[linear][expert]
            return found["lora_A"].grad, found["lora_B"].grad
        rank, experts = self.point.rank, self.point.router.experts
        first = (linear * experts + expert) * rank
        return self.point.A.grad[first : first + rank], self.point.B[linear].grad[expert * rank : (expert + 1) * rank].t()


def main():
    kind, path, target = sys.argv[1:]
    with open(path) as file:
        config = json.load(file)
    torch.set_num_threads(config["threads"])
    tensors, inputs = read_safetensors(config["adapter_file"]), read_safetensors(config["inputs_file"])
    weights = read_safetensors(config["backbone_file"])
    point = {"loop": LoopPoint, "dense": DensePoint}[kind]
    places = [
        Place(point, config, weights, tensors, inputs, layer, name) for layer in range(config["layers"]) for name in POINTS]
    results = {}
    for place in places:
        results.update(place.results())
    write_safetensors(target, results)

    def run():
        first = [place.run() for place in places][0][0]
        return lambda: first[0, 0].item()

    answer(run)


if __name__ == "__main__":
    main()
