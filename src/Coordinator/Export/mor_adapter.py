"""Applies an adapter that `mor export` wrote to a PyTorch model with Hugging Face's Llama names.

    from mor_adapter import load_adapter

    adapter = load_adapter(model, "exports/rte-step-000200")
    ...                       # model now computes with the adapter
    adapter.unload()          # and now as before

`model` is any torch.nn.Module with modules `layers.{l}.self_attn.q_proj` (and k_proj, v_proj, o_proj, and
`layers.{l}.mlp.gate_proj`, up_proj, down_proj), such as transformers' LlamaForCausalLM. Each linear y = W x becomes

    y = W x + sum_e g_e * (alpha / rank) * B_e A_e x

with gates g from the adapter's routers; docs/FILES.md of MoR.Distributed has the formulas. Routers and experts compute
in float32, whatever the model computes in. The router of a scope decides once per activation: `linear` and `dispatch`
on what the linears read, `block` on the output of `layers.{l}.input_layernorm`.

Needs PyTorch 1.13 or later and nothing else. One forward pass of a model at a time. The fingerprint of the backbone is
not compared: a model object does not say which files it came from.
"""

import json
import os
import struct
import weakref

import torch
from torch import nn

__all__ = ["load_adapter", "LoadedAdapter", "AdaptedLinear"]

_PREFIX = "base_model.model.model."
_ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")
_MLP = ("gate_proj", "up_proj", "down_proj")
_POINTS = {
    "q_proj": "self_attn.qkv", "k_proj": "self_attn.qkv", "v_proj": "self_attn.qkv", "o_proj": "self_attn.o",
    "gate_proj": "mlp.gate_up", "up_proj": "mlp.gate_up", "down_proj": "mlp.down",
}
_DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def load_adapter(model, folder):
    """Puts the adapter of a folder onto the model's linears and returns a LoadedAdapter.

    Raises ValueError, and leaves the model as it was, if the folder is no adapter of `mor`, if it does not fit the
    model, or if the model has an adapter already.
    """
    spec = _Spec(os.path.join(folder, "adapter_config.json"))
    tensors = _Tensors(folder)
    modules = dict(model.named_modules())
    prefix = _find_prefix(modules, spec.targets[0])
    layers = 0
    while f"{prefix}layers.{layers}" in modules:
        layers += 1
    wrappers, sites = [], []
    for layer in range(layers):
        experts = spec.experts_of(layer, layers)
        made = {}
        for target in spec.targets:
            path = _path(target)
            name = f"{prefix}layers.{layer}.{path}"
            linear = modules.get(name)
            if linear is None:
                raise ValueError(f"the model has no module '{name}', and the adapter changes it")
            if isinstance(linear, AdaptedLinear):
                raise ValueError(f"'{name}' has an adapter already; call its unload() first")
            site = None
            if spec.kind != "none":
                where = {"linear": path, "dispatch": _POINTS[target], "block": "block"}[spec.scope]
                if where not in made:
                    router = _Router(spec, tensors, f"{_PREFIX}layers.{layer}.{where}.router.", experts)
                    made[where] = _Site(router, spec.scope == "block")
                    if spec.scope == "block":
                        norm = modules.get(f"{prefix}layers.{layer}.input_layernorm")
                        if norm is None:
                            raise ValueError(f"the model has no module '{prefix}layers.{layer}.input_layernorm', which "
                                             "a router of scope 'block' reads")
                        sites.append((norm, made[where]))
                site = made[where]
            stored = f"{_PREFIX}layers.{layer}.{path}."
            rank = spec.rank_of(layer, layers, path)
            wrappers.append((name, AdaptedLinear(linear, spec, tensors, stored, experts, rank, site)))
    tensors.refuse_unused(spec)
    return LoadedAdapter(model, wrappers, sites)


class LoadedAdapter:
    """An adapter on a model. `unload` puts the model's own linears back."""

    def __init__(self, model, wrappers, sites):
        self._model = model
        self._wrappers = wrappers
        self._hooks = [norm.register_forward_hook(site.decide_on_output) for norm, site in sites]
        for name, wrapper in wrappers:
            _set_module(model, name, wrapper)

    def unload(self):
        """Takes the adapter off; a second call does nothing."""
        for hook in self._hooks:
            hook.remove()
        for name, wrapper in self._wrappers:
            _set_module(self._model, name, wrapper.base)
        self._hooks, self._wrappers = [], []


class AdaptedLinear(nn.Module):
    """A linear of the model with its experts."""

    def __init__(self, base, spec, tensors, name, experts, rank, site):
        super().__init__()
        self.base = base
        self.site = site
        self.scale = spec.alpha / rank
        parts = [name] if spec.kind == "none" else [f"{name}experts.{e}." for e in range(experts)]
        shape_a, shape_b = (rank, base.in_features), (base.out_features, rank)
        self.lora_A = _parameters(tensors.take(part + "lora_A.weight", shape_a) for part in parts)
        self.lora_B = _parameters(tensors.take(part + "lora_B.weight", shape_b) for part in parts)
        for part in (self.lora_A, self.lora_B) + (() if site is None else (site,)):
            part.to(base.weight.device)

    weight = property(lambda self: self.base.weight)
    bias = property(lambda self: self.base.bias)
    in_features = property(lambda self: self.base.in_features)
    out_features = property(lambda self: self.base.out_features)

    def forward(self, x):
        y = self.base(x)
        rows = x.reshape(-1, x.shape[-1]).float()
        if self.site is None:
            delta = (rows @ self.lora_A[0].float().t()) @ self.lora_B[0].float().t() * self.scale
        else:
            gates, chosen = self.site.decision(x)
            delta = rows.new_zeros(rows.shape[0], self.out_features)
            for e, (a, b) in enumerate(zip(self.lora_A, self.lora_B)):
                index = chosen[:, e].nonzero().squeeze(-1)
                if index.numel() > 0:
                    inner = (rows[index] @ a.float().t()) * (gates[index, e, None] * self.scale)
                    delta = delta.index_add(0, index, inner @ b.float().t())
        return y + delta.reshape(y.shape).to(y.dtype)


class _Router(nn.Module):
    """From rows x [T, in] to gates [T, E] and which of them were chosen."""

    def __init__(self, spec, tensors, name, experts):
        super().__init__()
        self.top_k, self.top_m, self.mixing = spec.top_k, spec.top_m, spec.mixing
        if spec.top_k > experts:
            raise ValueError(f"mor.router.top_k is {spec.top_k}, and a layer has {experts} experts")
        width = tensors.width(name + "sub.0.weight")
        self.sub = _parameters(
            tensors.take(f"{name}sub.{j}.weight", (experts, width)) for j in range(spec.sub_routers))
        # A single sub-router always has weight 1, so it has no main router.
        self.main = _parameters(
            [tensors.take(name + "main.weight", (spec.sub_routers, width))] if spec.sub_routers > 1 else [])

    def forward(self, x):
        scores = [x @ weight.float().t() for weight in self.sub]
        if len(scores) == 1:
            return _keep_largest(torch.softmax(scores[0], -1), self.top_k)
        weights = torch.softmax(x @ self.main[0].float().t(), -1)
        if self.top_m < len(scores):
            weights, _ = _keep_largest(weights, self.top_m)
        mixed = torch.stack(scores, 1)
        if self.mixing == "probability":
            mixed = torch.softmax(mixed, -1)
        mixed = (mixed * weights.unsqueeze(-1)).sum(1)
        return _keep_largest(mixed if self.mixing == "probability" else torch.softmax(mixed, -1), self.top_k)


def _keep_largest(p, k):
    """The k largest of each row divided by their sum, the others zero, and which were kept. Of equal values, those are
    kept that torch.topk returns, as in `mor`."""
    with torch.no_grad():
        kept = torch.zeros_like(p).scatter(-1, p.topk(k, -1).indices, 1.0) > 0
    p = p * kept
    return p / p.sum(-1, keepdim=True), kept


class _Site(nn.Module):
    """A router and its last decision, which the linears that share it take over."""

    def __init__(self, router, is_block):
        super().__init__()
        self.router = router
        self._is_block = is_block
        self._input, self._decision = None, None

    def decide_on_output(self, _module, _args, output):
        """Forward hook of the norm whose output a block's router reads."""
        self._decide(output)

    def decision(self, x):
        """Gates [T, E] and choice [T, E] for the rows of x, in their order."""
        if self._is_block:
            if self._decision is None or self._decision[0].shape[0] != x.numel() // x.shape[-1]:
                raise RuntimeError("a block's input_layernorm did not see the rows that one of its linears reads")
        elif self._input is None or self._input() is not x:
            self._decide(x)
        return self._decision

    def __getstate__(self):
        # The last decision is no part of the model, and belongs to a graph that cannot be copied or saved.
        return {**self.__dict__, "_input": None, "_decision": None}

    def _decide(self, x):
        self._decision = self.router(x.reshape(-1, x.shape[-1]).float())
        self._input = weakref.ref(x)


class _Spec:
    """adapter_config.json: PEFT's keys and the section `mor`, with the defaults of docs/FILES.md."""

    def __init__(self, file):
        try:
            with open(file, encoding="utf-8") as stream:
                config = json.load(stream)
        except (OSError, ValueError) as cause:
            raise ValueError(f"{file}: it cannot be read ({cause})") from cause
        mor = config.get("mor")
        router = {"kind": "none"} if mor is None else mor.get("router") or {}
        experts = (mor or {}).get("experts") or {}
        refused = [key for key in ("use_dora", "use_rslora", "alpha_pattern", "modules_to_save",
                                   "layers_to_transform", "lora_bias") if config.get(key)]
        if config.get("peft_type", "LORA") != "LORA" or config.get("bias", "none") != "none" or refused:
            raise ValueError(f"{file}: {', '.join(refused) or 'peft_type or bias'} is not supported here; "
                             "convert the adapter with `mor import`")
        self.kind = _one_of(file, "mor.router.kind", router.get("kind", "mor"), ("none", "topk", "mor"))
        self.scope = _one_of(file, "mor.router.scope", router.get("scope", "dispatch"), ("linear", "dispatch", "block"))
        self.mixing = _one_of(
            file, "mor.router.mixing", router.get("mixing", "probability"), ("probability", "logit"))
        _one_of(file, "mor.experts.kind", experts.get("kind", "lora"), ("lora",))
        self.sub_routers = router.get("sub_routers", 3) if self.kind == "mor" else 1
        self.top_k = router.get("top_k", 2)
        self.top_m = router.get("top_m") or self.sub_routers
        self.count = experts.get("count", 1 if self.kind == "none" else 8)
        self.rank = experts.get("rank") or config.get("r", 8)
        self.rank_pattern = config.get("rank_pattern") or {}
        if any(not name.replace(".", "_").isidentifier() for name in self.rank_pattern):
            raise ValueError(f"{file}: rank_pattern has a regular expression; convert the adapter with `mor import`")
        self.alpha = experts.get("alpha") or config.get("lora_alpha", 16)
        names = config.get("target_modules") or _ATTENTION + _MLP
        if isinstance(names, str):
            raise ValueError(f"{file}: target_modules is not a list; convert the adapter with `mor import`")
        self.targets = [_one_of(file, "target_modules", name.split(".")[-1], _ATTENTION + _MLP) for name in names]
        self.targets = list(dict.fromkeys(self.targets))

    def experts_of(self, layer, layers):
        """Experts of a layer."""
        return _at_layer("mor.experts.count", self.count, layer, layers)

    def rank_of(self, layer, layers, path):
        """Rank of a linear's experts; PEFT's rank_pattern names those whose rank is another."""
        for name, rank in self.rank_pattern.items():
            if f".model.layers.{layer}.{path}".endswith("." + name):
                return rank
        return _at_layer("mor.experts.rank", self.rank, layer, layers)


class _Tensors:
    """The tensors of a folder (https://github.com/huggingface/safetensors#format), each taken once."""

    def __init__(self, folder):
        names = ("adapter_model.safetensors", "adapter.safetensors")
        files = [os.path.join(folder, name) for name in names if os.path.exists(os.path.join(folder, name))]
        if not files:
            raise ValueError(f"{folder}: it holds neither {names[0]} nor {names[1]}")
        self.file = files[0]
        with open(self.file, "rb") as stream:
            content = bytearray(stream.read())
        try:
            (length,) = struct.unpack_from("<Q", content)
            header = json.loads(bytes(content[8:8 + length]))
            header.pop("__metadata__", None)
            self.tensors = {name: self._view(content, 8 + length, entry) for name, entry in header.items()}
        except (struct.error, KeyError, TypeError, ValueError, RuntimeError) as cause:
            raise ValueError(f"{self.file}: it is not a safetensors file of F64, F32, F16 or BF16 ({cause})") from cause

    @staticmethod
    def _view(content, start, entry):
        begin, end = entry["data_offsets"]
        dtype = _DTYPES[entry["dtype"]]
        count = 1
        for size in entry["shape"]:
            count *= size
        size = torch.empty((), dtype=dtype).element_size()
        if not 0 <= begin <= end <= len(content) - start or end - begin != count * size:
            raise ValueError("a tensor reaches beyond the file, or has another size than its shape")
        if count == 0:
            return torch.empty(entry["shape"], dtype=dtype)
        return torch.frombuffer(content[start + begin:start + end], dtype=dtype).reshape(entry["shape"])

    def width(self, name):
        """Columns of a matrix."""
        return self._find(name).shape[-1]

    def take(self, name, shape):
        """A matrix of that shape in float32."""
        tensor = self._find(name)
        if tuple(tensor.shape) != tuple(shape):
            raise ValueError(f"{self.file}: '{name}' is {list(tensor.shape)}, and adapter and model need {list(shape)}")
        del self.tensors[name]
        return tensor.float()

    def refuse_unused(self, spec):
        """What is left has no place in the adapter."""
        left = [name for name in self.tensors if not (spec.sub_routers == 1 and name.endswith(".router.main.weight"))]
        if left:
            raise ValueError(f"{self.file}: '{left[0]}' does not belong to the adapter that adapter_config.json "
                             "describes on a model of this size")

    def _find(self, name):
        if name not in self.tensors:
            raise ValueError(f"{self.file}: tensor '{name}' is missing")
        return self.tensors[name]


def _at_layer(key, value, layer, layers):
    """What one number says for all layers, or a list for each."""
    if not isinstance(value, list):
        return value
    if len(value) != layers:
        raise ValueError(f"{key} has {len(value)} numbers, and the model has {layers} layers")
    return value[layer]


def _one_of(file, key, value, allowed):
    if value not in allowed:
        raise ValueError(f"{file}: {key} is {value!r}, and not one of {', '.join(allowed)}")
    return value


def _path(target):
    return ("self_attn." if target in _ATTENTION else "mlp.") + target


def _find_prefix(modules, target):
    """What stands before `layers.` in the model's names, such as `model.`."""
    end = f"layers.0.{_path(target)}"
    found = [name[:-len(end)] for name in modules if name == end or name.endswith("." + end)]
    if len(found) != 1:
        raise ValueError(f"the model has {len(found)} modules called '{end}', and one is needed")
    return found[0]


def _set_module(model, name, module):
    parent, _, child = name.rpartition(".")
    setattr(model.get_submodule(parent), child, module)


def _parameters(tensors):
    return nn.ParameterList([nn.Parameter(tensor, requires_grad=False) for tensor in tensors])
