"""The generation of `mor bench generate` in PyTorch: same weights, adapter, prompt and dtype, greedy, with a KV cache.

    python3 generation.py loop|dense|frozen CONFIG.json

loop    as public packages do it: for every linear a loop over the experts that some row chose, which gathers an expert's rows,
        applies its A and B, and adds the result back. Experts that no row chose are skipped, and what the linears of a point
        share (the rows of an expert, their gates) is found once.
dense   all experts' A of all linears that share an input as one product, gates applied to its columns, all experts' B as one
        product that adds to the frozen one.
frozen  the backbone alone.

The cache has its room from the start; a token's keys and values are written where they belong. Speaks JSON lines. It answers
{"ready": ...} once it has loaded, then to each {"steps": n} on standard input, n texts,
{"seconds": [of each text], "tokens": [of the last], "peak_bytes": of this process}. Ends with its input.
"""

import json
import resource
import sys
import time

import torch
from torch.nn import functional

import mixture


class LoopPoint(mixture.LoopPoint):
    """Linears that share an input, chosen experts one by one."""

    def forward(self, x):
        _, indices, gates = self.router(x)
        chosen = []
        for e in indices.unique().tolist():
            rows, choice = torch.where(indices == e)
            chosen.append((e, rows, (gates[rows, choice] * self.scale).unsqueeze(-1)))
        outputs = []
        for weight, experts in zip(self.weights, self.lora):
            y = functional.linear(x, weight)
            for e, rows, factor in chosen:
                inner = functional.linear(x[rows], experts[e]["lora_A"])
                y.index_add_(0, rows, functional.linear(inner, experts[e]["lora_B"]) * factor)
            outputs.append(y)
        return outputs


class DensePoint(mixture.DensePoint):
    """Linears that share an input: one product for all A, one per linear for all B."""

    def forward(self, x):
        probabilities, indices, gates = self.router(x)
        dense = torch.zeros_like(probabilities).scatter(1, indices, gates * self.scale)
        inner = functional.linear(x, self.A).view(x.shape[0], len(self.weights), self.router.experts, self.rank)
        inner = (inner * dense[:, None, :, None]).flatten(2)
        return [torch.addmm(x @ weight, inner[:, i], self.B[i]) for i, weight in enumerate(self.weights)]


class FrozenPoint(mixture.FrozenPoint):
    """The frozen linears alone."""

    def forward(self, x):
        return super().forward(x)[0]


class Model(mixture.Model):
    """A Llama over a cache of the keys and values of earlier tokens."""

    def __init__(self, config, weights, tensors, point):
        super().__init__(config, weights, tensors, point)
        shape = (self.shape["num_key_value_heads"], config["length"], self.width)
        self.cache = [(torch.zeros(shape), torch.zeros(shape)) for _ in self.points]

    def rotate_at(self, x, first, last):
        half = self.width // 2
        return x * self.cos[first:last] + torch.cat([-x[..., half:], x[..., :half]], -1) * self.sin[first:last]

    def cached_attention(self, layer, q, k, v, first):
        last = first + q.shape[0]
        q, k, v = (x.view(x.shape[0], -1, self.width).transpose(0, 1) for x in (q, k, v))
        keys, values = self.cache[layer]
        keys[:, first:last] = self.rotate_at(k, first, last)
        values[:, first:last] = v
        keys, values = keys[:, :last], values[:, :last]
        if self.groups > 1:
            keys, values = keys.repeat_interleave(self.groups, 0), values.repeat_interleave(self.groups, 0)
        scores = (self.rotate_at(q, first, last) * self.width**-0.5) @ keys.transpose(-1, -2)
        if last - first > 1:
            scores = scores + self.mask[first:last, :last]
        return (scores.softmax(-1) @ values).transpose(0, 1).reshape(last - first, -1)

    def forward(self, tokens, first):
        """Logits after the last of `tokens`, which stand at positions from `first` on."""
        h = self.weights["model.embed_tokens.weight"][tokens]
        for layer, (qkv, o, gate_up, down) in enumerate(self.points):
            name = f"model.layers.{layer}."
            q, k, v = qkv(self.norm(h, name + "input_layernorm.weight"))
            h = h + o(self.cached_attention(layer, q, k, v, first))[0]
            gate, up = gate_up(self.norm(h, name + "post_attention_layernorm.weight"))
            h = h + down(functional.silu(gate) * up)[0]
        return functional.linear(self.norm(h[-1:], "model.norm.weight"), self.weights["lm_head.weight"])


class Generation:
    """Greedy continuations of one prompt."""

    def __init__(self, kind, config):
        weights = mixture.read_safetensors(config["backbone_file"])
        tensors = {} if kind == "frozen" else mixture.read_safetensors(config["adapter_file"])
        point = {"loop": LoopPoint, "dense": DensePoint, "frozen": FrozenPoint}[kind]
        self.model = Model(config, weights, tensors, point)
        self.prompt, self.new_tokens = config["prompt"], config["new_tokens"]

    @torch.inference_mode()
    def run(self):
        tokens, held, read = [], 0, torch.tensor(self.prompt)
        while True:
            logits = self.model(read, held)
            held += len(read)
            tokens.append(int(logits.argmax()))
            if len(tokens) == self.new_tokens:
                return tokens
            read = torch.tensor(tokens[-1:])


def main():
    kind, path = sys.argv[1:]
    with open(path) as file:
        config = json.load(file)
    torch.set_num_threads(config["threads"])
    generation = Generation(kind, config)
    print(json.dumps({"ready": torch.__version__}), flush=True)
    for line in sys.stdin:
        seconds = []
        for _ in range(json.loads(line)["steps"]):
            began = time.perf_counter()
            tokens = generation.run()
            seconds.append(time.perf_counter() - began)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": seconds, "tokens": tokens, "peak_bytes": peak}), flush=True)


if __name__ == "__main__":
    main()
