"""Reads {"backbone", "tokens", "cases": {name: folder}} from stdin and answers, per case, the logits with the adapter
by the module that lies in its folder ("with"), after unloading it ("without"), for plain LoRA also by PEFT's formula
("peft"), or what the module says to it ("error")."""

import copy
import importlib.util
import json
import os
import sys

import torch

import tiny_llama


def module_of(folder):
    spec = importlib.util.spec_from_file_location("mor_adapter", os.path.join(folder, "mor_adapter.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_peft(backbone, folder, tokens):
    """W + B A * lora_alpha / r at every module whose name ends with a target (PEFT's tuners/lora/layer.py,
    get_delta_weight, and tuners_utils.py, check_target_module_exists), with adapter_config.json as PEFT reads it."""
    with open(os.path.join(folder, "adapter_config.json"), encoding="utf-8") as stream:
        config = json.load(stream)
    # Every key is a field of LoraConfig in PEFT 0.3 and later: versions 0.6 to 0.13 refuse any other.
    assert set(config) == {
        "peft_type", "task_type", "base_model_name_or_path", "r", "lora_alpha", "lora_dropout", "target_modules", "bias",
        "fan_in_fan_out", "inference_mode"}, sorted(config)
    assert (config["peft_type"], config["task_type"], config["bias"]) == ("LORA", "CAUSAL_LM", "none")
    assert config["inference_mode"] is True and config["fan_in_fan_out"] is False
    model = tiny_llama.load(backbone)
    tensors = tiny_llama.read_f32(os.path.join(folder, "adapter_model.safetensors"))
    with torch.no_grad():
        for name, linear in model.named_modules():
            if any(name.endswith("." + target) for target in config["target_modules"]):
                a = tensors.pop(f"base_model.model.{name}.lora_A.weight")
                b = tensors.pop(f"base_model.model.{name}.lora_B.weight")
                assert a.shape == (config["r"], linear.in_features) and b.shape == (linear.out_features, config["r"])
                linear.weight += b @ a * (config["lora_alpha"] / config["r"])
    assert not tensors, "PEFT would not find a module for " + ", ".join(tensors)
    return model.logits(tokens)


def answer(task, folder):
    model = tiny_llama.load(task["backbone"])
    before = list(model.state_dict())
    module = module_of(folder)
    try:
        adapter = module.load_adapter(model, folder)
    except ValueError as error:
        assert list(model.state_dict()) == before, "the model was changed"
        return {"error": str(error), "without": model.logits(task["tokens"])}
    found = {"with": model.logits(task["tokens"])}
    try:
        module.load_adapter(model, folder)
        raise AssertionError("a second adapter was taken")
    except ValueError as error:
        assert "unload()" in str(error), error
    batch = model(torch.tensor([task["tokens"], task["tokens"][::-1]]))[0]
    assert torch.allclose(batch, torch.tensor(found["with"]), atol=1e-5), "a batch gives something else"
    assert copy.deepcopy(model).logits(task["tokens"]) == found["with"], "a copy of the model gives something else"
    adapter.unload()
    adapter.unload()
    assert list(model.state_dict()) == before, "unload left something"
    found["without"] = model.logits(task["tokens"])
    with open(os.path.join(folder, "adapter_config.json"), encoding="utf-8") as stream:
        if "mor" not in json.load(stream):
            found["peft"] = by_peft(task["backbone"], folder, task["tokens"])
    return found


def main():
    task = json.load(sys.stdin)
    torch.set_num_threads(1)
    answers = {name: answer(task, folder) for name, folder in task["cases"].items()}
    json.dump({"torch": torch.__version__, "cases": answers}, sys.stdout)


main()
