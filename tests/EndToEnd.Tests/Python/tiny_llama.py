"""A Llama in plain PyTorch with Hugging Face's module names, written from the formulas: RMS norm, rotate-half RoPE,
causal grouped-query attention, SwiGLU. Float32."""

import json
import math
import os
import struct

import torch
from torch import nn
from torch.nn import functional


class RmsNorm(nn.Module):
    def __init__(self, size, epsilon):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(size)), epsilon

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.epsilon) * self.weight


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden, self.heads = config["hidden_size"], config["num_attention_heads"]
        self.kv_heads, self.theta = config["num_key_value_heads"], config["rope_theta"]
        self.size = hidden // self.heads
        self.q_proj = nn.Linear(hidden, self.heads * self.size, bias=False)
        self.k_proj = nn.Linear(hidden, self.kv_heads * self.size, bias=False)
        self.v_proj = nn.Linear(hidden, self.kv_heads * self.size, bias=False)
        self.o_proj = nn.Linear(self.heads * self.size, hidden, bias=False)

    def rotate(self, x):
        half = self.size // 2
        angles = torch.arange(x.shape[-2], dtype=torch.float64)[:, None] / self.theta ** (
            2 * torch.arange(half, dtype=torch.float64) / self.size)
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        low, high = x[..., :half], x[..., half:]
        return torch.cat([low * cos - high * sin, high * cos + low * sin], -1)

    def forward(self, hidden_states):
        batch, length, _ = hidden_states.shape
        q, k, v = (
            linear(hidden_states).view(batch, length, -1, self.size).transpose(1, 2)
            for linear in (self.q_proj, self.k_proj, self.v_proj))
        q, k = self.rotate(q), self.rotate(k)
        k, v = (x.repeat_interleave(self.heads // self.kv_heads, 1) for x in (k, v))
        later = torch.ones(length, length, dtype=torch.bool).triu(1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(self.size)).masked_fill(later, -math.inf)
        return self.o_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, -1))


class Mlp(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden, inner = config["hidden_size"], config["intermediate_size"]
        self.gate_proj = nn.Linear(hidden, inner, bias=False)
        self.up_proj = nn.Linear(hidden, inner, bias=False)
        self.down_proj = nn.Linear(inner, hidden, bias=False)

    def forward(self, x):
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.self_attn, self.mlp = Attention(config), Mlp(config)
        self.input_layernorm = RmsNorm(config["hidden_size"], config["rms_norm_eps"])
        self.post_attention_layernorm = RmsNorm(config["hidden_size"], config["rms_norm_eps"])

    def forward(self, x):
        # As in transformers, the attention gets its input by keyword.
        x = x + self.self_attn(hidden_states=self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class Model(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList([Layer(config) for _ in range(config["num_hidden_layers"])])
        self.norm = RmsNorm(config["hidden_size"], config["rms_norm_eps"])

    def forward(self, tokens):
        x = self.embed_tokens(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


class TinyLlama(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.model = Model(config)
        self.lm_head = nn.Linear(config["hidden_size"], config["vocab_size"], bias=False)

    def forward(self, tokens):
        return self.lm_head(self.model(tokens))

    def logits(self, tokens):
        """Rows of logits of one sequence."""
        with torch.no_grad():
            return self(torch.tensor([tokens]))[0].tolist()


def read_f32(path):
    """The tensors of a safetensors file of F32."""
    with open(path, "rb") as stream:
        content = bytearray(stream.read())
    start = 8 + struct.unpack_from("<Q", content)[0]
    header = json.loads(bytes(content[8:start]))
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(content[start + begin:start + end], dtype=torch.float32).reshape(entry["shape"])
    return tensors


def load(folder):
    """The model of a Hugging Face folder."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as stream:
        model = TinyLlama(json.load(stream))
    model.load_state_dict(read_f32(os.path.join(folder, "model.safetensors")), strict=True)
    return model
