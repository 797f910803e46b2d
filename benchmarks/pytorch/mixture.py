"""The training step of `mor bench step` in PyTorch: same weights, tokens, optimiser and dtype, three ways.

    python3 mixture.py loop|dense|frozen CONFIG.json

loop    as public fine-tuning packages do it: for every linear a loop over the experts, which gathers an expert's tokens,
        applies its A and B, and adds the result back.
dense   the best we know in plain PyTorch: all experts' A of all linears that share an input as one product, gates applied
        to its columns, all experts' B as one product that adds to the frozen one.
frozen  the backbone alone, forward and backward to its embeddings, no adapter and no optimiser.

Answers as answers.py says; a result is the loss before the update.
"""

import json
import sys

import torch
from torch import nn
from torch.nn import functional

from answers import answer
from tensors import read_safetensors

POINTS = {
    "self_attn.qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "self_attn.o": ("self_attn.o_proj",),
    "mlp.gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "mlp.down": ("mlp.down_proj",),
}


class Router(nn.Module):
    """`topk`: softmax, the k largest renormalised. `mor`: sub-routers' probabilities weighted by a main router first."""

    def __init__(self, config, tensors, prefix):
        super().__init__()
        self.kind, self.top_k, self.parts = config["router"], config["top_k"], config["micro_batches"]
        self.sub_routers = config["sub_routers"] if self.kind == "mor" else 1
        names = [f"sub.{j}" for j in range(self.sub_routers)] + (["main"] if self.sub_routers > 1 else [])
        self.weight = nn.Parameter(torch.cat([tensors[f"{prefix}.router.{name}.weight"] for name in names]))
        self.experts = tensors[f"{prefix}.router.sub.0.weight"].shape[0]

    def forward(self, x):
        scores = functional.linear(x, self.weight)
        if self.sub_routers == 1:
            probabilities = scores.softmax(-1)
        else:
            parts = scores[:, : self.sub_routers * self.experts].view(-1, self.sub_routers, self.experts).softmax(-1)
            main = scores[:, self.sub_routers * self.experts :].softmax(-1)
            probabilities = (parts * main.unsqueeze(-1)).sum(1)
        values, indices = probabilities.topk(self.top_k, -1)
        return probabilities, indices, values / values.sum(-1, keepdim=True)

    def balance(self, probabilities, indices):
        """The balance loss, over each micro-batch of a step on its own as `mor` takes it; their mean."""
        rows = probabilities.shape[0] // self.parts
        chosen = functional.one_hot(indices, self.experts).sum(1).view(self.parts, rows, -1)
        share, mean = chosen.float().mean(1), probabilities.view(self.parts, rows, -1).mean(1)
        return (share * mean).sum() * self.experts / self.top_k / self.parts


class LoopPoint(nn.Module):
    """Linears that share an input, every expert of every linear on its own."""

    def __init__(self, config, weights, tensors, layer, point):
        super().__init__()
        prefix = f"base_model.model.model.layers.{layer}."
        self.weights = [weights[f"model.layers.{layer}.{name}.weight"] for name in POINTS[point]]
        self.router = Router(config, tensors, prefix + point)
        self.scale = config["alpha"] / config["rank"]
        self.lora = nn.ModuleList()
        for name in POINTS[point]:
            experts = nn.ModuleList()
            for e in range(self.router.experts):
                expert = nn.ParameterDict()
                for part in ("lora_A", "lora_B"):
                    expert[part] = nn.Parameter(tensors[f"{prefix}{name}.experts.{e}.{part}.weight"].clone())
                experts.append(expert)
            self.lora.append(experts)

    def forward(self, x):
        probabilities, indices, gates = self.router(x)
        outputs = self.add(x, [functional.linear(x, weight) for weight in self.weights], indices, gates)
        return outputs, self.router.balance(probabilities, indices)

    def add(self, x, outputs, indices, gates):
        """What the frozen linears gave, and the experts."""
        chosen = []
        for e in range(self.router.experts):
            rows, choice = torch.where(indices == e)
            chosen.append((rows, (gates[rows, choice] * self.scale).unsqueeze(-1)))
        for y, experts in zip(outputs, self.lora):
            for expert, (rows, factor) in zip(experts, chosen):
                inner = functional.linear(x[rows], expert["lora_A"])
                y.index_add_(0, rows, functional.linear(inner, expert["lora_B"]) * factor)
        return outputs


class DensePoint(nn.Module):
    """Linears that share an input: one product for all A, one per linear for all B."""

    def __init__(self, config, weights, tensors, layer, point):
        super().__init__()
        prefix = f"base_model.model.model.layers.{layer}."
        names = POINTS[point]
        self.weights = [weights[f"model.layers.{layer}.{name}.weight"].t() for name in names]
        self.router = Router(config, tensors, prefix + point)
        self.scale, self.rank = config["alpha"] / config["rank"], config["rank"]
        each = range(self.router.experts)
        self.A = nn.Parameter(torch.cat(
            [tensors[f"{prefix}{name}.experts.{e}.lora_A.weight"] for name in names for e in each]))
        self.B = nn.ParameterList(
            torch.cat([tensors[f"{prefix}{name}.experts.{e}.lora_B.weight"].t() for e in each]) for name in names)

    def forward(self, x):
        probabilities, indices, gates = self.router(x)
        outputs = self.add(x, [x @ weight for weight in self.weights], indices, gates)
        return outputs, self.router.balance(probabilities, indices)

    def add(self, x, outputs, indices, gates):
        """What the frozen linears gave, and the experts."""
        dense = x.new_zeros(x.shape[0], self.router.experts).scatter(1, indices, gates * self.scale)
        inner = functional.linear(x, self.A).view(x.shape[0], len(outputs), self.router.experts, self.rank)
        inner = (inner * dense[:, None, :, None]).flatten(2)
        return [torch.addmm(output, inner[:, i], self.B[i]) for i, output in enumerate(outputs)]


class FrozenPoint(nn.Module):
    """The frozen linears alone."""

    def __init__(self, config, weights, tensors, layer, point):
        super().__init__()
        self.weights = [weights[f"model.layers.{layer}.{name}.weight"] for name in POINTS[point]]

    def forward(self, x):
        return [functional.linear(x, weight) for weight in self.weights], torch.zeros(())


class Model(nn.Module):
    """A Llama whose linears are made by `point`."""

    def __init__(self, config, weights, tensors, point):
        super().__init__()
        self.weights, self.shape = weights, config["backbone"]
        self.points = nn.ModuleList(
            nn.ModuleList(point(config, weights, tensors, layer, name) for name in POINTS)
            for layer in range(self.shape["num_hidden_layers"]))
        self.width, length = self.shape["head_dim"], config["length"]
        frequencies = self.shape["rope_theta"] ** -(torch.arange(0, self.width, 2, dtype=torch.float64) / self.width)
        angles = torch.arange(length, dtype=torch.float64)[:, None] * torch.cat([frequencies, frequencies])
        device = config["device"]
        self.cos, self.sin = angles.cos().float().to(device), angles.sin().float().to(device)
        self.mask = torch.full((length, length), float("-inf")).triu(1).to(device)
        self.groups = self.shape["num_attention_heads"] // self.shape["num_key_value_heads"]

    def norm(self, h, name):
        return h * (h.square().mean(-1, keepdim=True) + self.shape["rms_norm_eps"]).rsqrt() * self.weights[name]

    def rotate(self, x):
        half = self.width // 2
        return x * self.cos + torch.cat([-x[..., half:], x[..., :half]], -1) * self.sin

    def heads(self, x, batch, length):
        return x.view(batch, length, -1, self.width).transpose(1, 2)

    def attention(self, q, k, v, batch, length):
        q = self.rotate(self.heads(q, batch, length)) * self.width**-0.5
        k, v = self.rotate(self.heads(k, batch, length)), self.heads(v, batch, length)
        if self.groups > 1:
            k, v = k.repeat_interleave(self.groups, 1), v.repeat_interleave(self.groups, 1)
        weights = (q @ k.transpose(-1, -2) + self.mask).softmax(-1)
        return (weights @ v).transpose(1, 2).reshape(batch * length, -1)

    def forward(self, tokens, targets):
        """The loss, and the balance loss of every router."""
        batch, length = tokens.shape
        h = self.weights["model.embed_tokens.weight"][tokens.flatten()]
        h.requires_grad_(isinstance(self.points[0][0], FrozenPoint))
        balances = []
        for layer, (qkv, o, gate_up, down) in enumerate(self.points):
            name = f"model.layers.{layer}."
            (q, k, v), balance = qkv(self.norm(h, name + "input_layernorm.weight"))
            balances.append(balance)
            (mixed,), balance = o(self.attention(q, k, v, batch, length))
            balances.append(balance)
            h = h + mixed
            (gate, up), balance = gate_up(self.norm(h, name + "post_attention_layernorm.weight"))
            balances.append(balance)
            (mixed,), balance = down(functional.silu(gate) * up)
            balances.append(balance)
            h = h + mixed
        logits = self.norm(h, "model.norm.weight") @ self.weights["lm_head.weight"].t()
        return functional.cross_entropy(logits, targets.flatten()), balances


class Training:
    """Steps over the batches of a file, one after another."""

    def __init__(self, kind, config):
        weights = read_safetensors(config["backbone_file"], config["device"])
        tensors = {} if kind == "frozen" else read_safetensors(config["adapter_file"], config["device"])
        self.config = config
        point = {"loop": LoopPoint, "dense": DensePoint, "frozen": FrozenPoint}[kind]
        self.model = Model(config, weights, tensors, point)
        self.batches = torch.tensor(config["tokens"]).to(config["device"])
        self.step = 0
        self.parameters = list(self.model.parameters())
        options = dict(
            lr=config["learning_rate"], betas=(config["beta1"], config["beta2"]), eps=config["epsilon"],
            weight_decay=config["weight_decay"])
        if kind == "dense":
            options["foreach"] = True
        self.optimizer = torch.optim.AdamW(self.parameters, **options) if self.parameters else None

    def run(self):
        batch = self.batches[self.step % len(self.batches)]
        self.step += 1
        loss, balances = self.model(batch[:, :-1], batch[:, 1:])
        if self.optimizer is None:
            loss.backward()
            return loss.item()
        self.optimizer.zero_grad(set_to_none=True)
        (loss + self.config["balance_loss"] * torch.stack(balances).mean()).backward()
        nn.utils.clip_grad_norm_(self.parameters, self.config["clip_norm"])
        self.optimizer.step()
        return loss.item()


def main():
    kind, path = sys.argv[1:]
    with open(path) as file:
        config = json.load(file)
    torch.set_num_threads(config["threads"])
    torch.backends.cuda.matmul.allow_tf32 = False  # as mor: float32 products are of float32
    training = Training(kind, config)
    answer(training.run, None if config["device"] == "cpu" else torch.cuda.synchronize)


if __name__ == "__main__":
    main()
