#!/usr/bin/env python3
"""Writes a Hugging Face folder of random bfloat16 weights in the shape of a real model, for measuring size and speed.

    python3 tests/make_backbone.py /tmp/llama-7b                          # LLaMA-2-7B's shape: 13.5 GB
    python3 tests/make_backbone.py /tmp/small --hidden 256 --layers 4     # the same family, smaller
    python3 tests/make_backbone.py /tmp/qwen --model-type qwen2 --kv-heads 4

Only the standard library is needed. Matrices are normal with deviation 0.02 (transformers' initializer_range), norms 1,
biases normal. The same arguments give the same bytes. A million values are drawn and used again from another place for
every piece, so no weight is new after the first million; that is good for timing and useless for learning.
The tokenizer.json beside them is byte-level without merges: every printable ASCII character is a token.
"""

import argparse
import array
import json
import os
import random
import struct
import sys

DRAWN = 1 << 20
DEVIATION = 0.02


def main():
    options = parse()
    os.makedirs(options.folder, exist_ok=True)
    if os.listdir(options.folder):
        sys.exit(f"{options.folder}: the folder is not empty. Name a new one.")
    write_json(options, "config.json", config(options))
    write_json(options, "tokenizer.json", tokenizer())
    source = Values(options.seed)
    shards = split(tensors(options), options.shard_bytes)
    total = sum(size(shape) for shard in shards for _, shape in shard)
    print(f"{options.folder}: {total / 1e9:.2f} GB in {len(shards)} files", file=sys.stderr)
    where = {}
    for number, shard in enumerate(shards, 1):
        name = f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        write_shard(os.path.join(options.folder, name), shard, source)
        where.update({tensor: name for tensor, _ in shard})
    write_json(options, "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": where})


def parse():
    parser = argparse.ArgumentParser(description="Writes a folder of random weights; see the top of this file.")
    parser.add_argument("folder", help="an empty or new folder")
    parser.add_argument("--model-type", choices=["llama", "mistral", "qwen2"], default="llama")
    for name, default in (("hidden", 4096), ("inner", 11008), ("layers", 32), ("heads", 32), ("vocabulary", 32000),
                          ("positions", 4096)):
        parser.add_argument(f"--{name}", type=positive, default=default, help=f"default {default}")
    parser.add_argument("--kv-heads", type=positive, help="default: as many as heads")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shard-bytes", type=positive, default=5 * 10**9, help="largest file; default 5 GB")
    options = parser.parse_args()
    options.kv_heads = options.kv_heads or options.heads
    if options.hidden % options.heads or options.hidden // options.heads % 2 or options.heads % options.kv_heads:
        parser.error(f"--hidden {options.hidden} has to be an even multiple of --heads {options.heads}, and that a "
                     f"multiple of --kv-heads {options.kv_heads}")
    if options.vocabulary < len(characters()) + 1:
        parser.error(f"--vocabulary {options.vocabulary} is too small for the tokenizer's {len(characters()) + 1} tokens")
    return options


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is too small, at least 1 is needed")
    return value


def config(options):
    result = {
        "model_type": options.model_type, "hidden_act": "silu", "hidden_size": options.hidden,
        "intermediate_size": options.inner, "num_hidden_layers": options.layers,
        "num_attention_heads": options.heads, "num_key_value_heads": options.kv_heads,
        "vocab_size": options.vocabulary, "max_position_embeddings": options.positions, "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0, "tie_word_embeddings": False, "torch_dtype": "bfloat16", "eos_token_id": 0,
    }
    if options.model_type == "mistral":
        result["sliding_window"] = None
    return result


def tensors(options):
    head = options.hidden // options.heads
    queries, keys = options.heads * head, options.kv_heads * head
    result = [("model.embed_tokens.weight", [options.vocabulary, options.hidden])]
    for layer in range(options.layers):
        name = f"model.layers.{layer}."
        result.append((name + "input_layernorm.weight", [options.hidden]))
        for linear, rows in (("q", queries), ("k", keys), ("v", keys)):
            result.append((f"{name}self_attn.{linear}_proj.weight", [rows, options.hidden]))
            if options.model_type == "qwen2":
                result.append((f"{name}self_attn.{linear}_proj.bias", [rows]))
        result.append((name + "self_attn.o_proj.weight", [options.hidden, queries]))
        result.append((name + "post_attention_layernorm.weight", [options.hidden]))
        result.append((name + "mlp.gate_proj.weight", [options.inner, options.hidden]))
        result.append((name + "mlp.up_proj.weight", [options.inner, options.hidden]))
        result.append((name + "mlp.down_proj.weight", [options.hidden, options.inner]))
    result.append(("model.norm.weight", [options.hidden]))
    result.append(("lm_head.weight", [options.vocabulary, options.hidden]))
    return result


def size(shape):
    return 2 * count(shape)


def count(shape):
    product = 1
    for width in shape:
        product *= width
    return product


def split(all_tensors, most_bytes):
    shards, held = [[]], 0
    for name, shape in all_tensors:
        if shards[-1] and held + size(shape) > most_bytes:
            shards.append([])
            held = 0
        shards[-1].append((name, shape))
        held += size(shape)
    return shards


class Values:
    """A million normal values in bfloat16, read round and round."""

    def __init__(self, seed):
        draw = random.Random(seed)
        self.block = array.array("H", (bfloat16(draw.gauss(0, DEVIATION)) for _ in range(DRAWN))).tobytes()
        self.draw = draw

    def write(self, file, values):
        # Every piece begins somewhere else, so that equal tensors are not equal.
        while values > 0:
            start = 2 * self.draw.randrange(DRAWN // 2)
            part = self.block[start:start + 2 * min(values, DRAWN // 2)]
            file.write(part)
            values -= len(part) // 2


def bfloat16(value):
    bits, = struct.unpack("<I", struct.pack("<f", value))
    return (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16


def write_shard(path, shard, source):
    header, start = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in shard:
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [start, start + size(shape)]}
        start += size(shape)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in shard:
            if name.endswith("norm.weight"):
                file.write(struct.pack("<H", bfloat16(1.0)) * count(shape))
            else:
                source.write(file, count(shape))


def characters():
    # GPT-2's byte alphabet writes a line end as C-with-dot and a space as G-with-dot.
    return ["\u010a", "\u0120"] + [chr(code) for code in range(ord("!"), ord("~") + 1)]


def tokenizer():
    end = {"id": 0, "content": "<end>", "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
           "special": True}
    return {
        "version": "1.0", "added_tokens": [end],
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
        "decoder": {"type": "ByteLevel"},
        "model": {"type": "BPE", "vocab": {token: i for i, token in enumerate(["<end>"] + characters())}, "merges": []},
    }


def write_json(options, name, content):
    with open(os.path.join(options.folder, name), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)


if __name__ == "__main__":
    main()
