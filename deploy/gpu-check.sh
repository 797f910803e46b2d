#!/usr/bin/env bash
# Checks this program on a GPU, in one command: builds the native library against a CUDA libtorch, runs the tests and the
# benchmark of the step. In a clone it publishes first; in a published folder it needs no .NET SDK. docs/GPU.md tells more.
set -uo pipefail

self=$(readlink -f -- "${BASH_SOURCE[0]}")
root=$(dirname -- "$(dirname -- "$self")")
artifacts=$root/artifacts
json=false

# shellcheck source-path=SCRIPTDIR
. "$root/deploy/setup/say.sh"
. "$root/deploy/setup/publish.sh"

usage() {
  cat <<USAGE
usage: deploy/gpu-check.sh [--device DEVICE] [--python FILE] [--shape NAME] [--rounds N] [--output DIR]

  --device DEVICE  cuda:N (default cuda:0), or cpu: the same path on a machine without a GPU
  --python FILE    the Python that has PyTorch and numpy (default: python3, then /usr/bin/python3)
  --shape NAME     of mor bench step: reference (default) or demo
  --rounds N       of mor bench step, 5 to 1000 (default 7)
  --output DIR     where results go (default: gpu-check in the current folder)

  needs: PyTorch (its libtorch is used; LIBTORCH names another), CMake, make, a C++ compiler; for cuda:N a GPU and driver
USAGE
}

# find_python: sets $python to one that has PyTorch, and $torch_folder, $torch_version, $torch_cuda (none) and $gpus.
find_python() {
  local candidate answer
  local candidates=(python3 /usr/bin/python3)
  [ -z "$given_python" ] || candidates=("$given_python")
  for candidate in "${candidates[@]}"; do
    answer=$("$candidate" - 2>/dev/null <<'PYTHON'
import os, numpy, torch
print(os.path.dirname(torch.__file__), torch.__version__, torch.version.cuda or "none", torch.cuda.device_count())
PYTHON
    ) || continue
    python=$candidate
    read -r torch_folder torch_version torch_cuda gpus <<<"$answer"
    return 0
  done
  return 1
}

# require: ends with all that is missing for $device, not with the first of it.
require() {
  local missing=() tool
  if find_python; then
    libtorch=${LIBTORCH:-$torch_folder}
    [ -f "$libtorch/include/ATen/ATen.h" ] || missing+=("headers in $libtorch/include, which PyTorch's wheels have")
    if [ "$device" != cpu ]; then
      if [ "$torch_cuda" = none ]; then
        missing+=("a PyTorch with CUDA ($python has $torch_version, which is without; pip install torch brings one)")
      elif [ "$gpus" -le "${device#cuda:}" ]; then
        missing+=("$device: PyTorch $torch_version sees $gpus GPUs (nvidia-smi shows whether the driver does)")
      fi
    fi
  else
    missing+=("a Python with PyTorch and numpy (looked at ${given_python:-python3 and /usr/bin/python3}; --python names one)")
  fi
  for tool in cmake make; do
    command -v $tool >/dev/null || missing+=("$tool")
  done
  command -v "${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null ||
    missing+=("a C++ compiler")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "missing for the check on $device:"
  printf '  - %s\n' "${missing[@]}" >&2
  [ "$device" = cpu ] || say "Without a GPU, --device cpu takes the same path on the CPU."
  exit 2
}

# publish_and_go_on ARGUMENT...: in a clone. LIBTORCH is for the published folder. Its tests would look for data beside it.
publish_and_go_on() {
  local folder=$artifacts/gpu-check data=$root/../shared/data
  [ -n "${MOR_TEST_DATA:-}" ] || [ ! -d "$data" ] || export MOR_TEST_DATA=$data
  env -u LIBTORCH "$root/mor" publish --tests --without-libtorch --output "$folder" || exit
  exec "$folder/deploy/gpu-check.sh" "$@"
}

# value FILE EXPRESSION: of the JSON object d on the last line of a file.
value() {
  "$python" -c 'import json, sys; d = json.loads(open(sys.argv[1]).read().splitlines()[-1]); print(eval(sys.argv[2]))' "$@"
}

# step NAME COMMAND...: runs it, with what it prints in NAME.json and what it says in NAME.log and here.
step() {
  local name=$1
  shift
  say "$name (log: $output/$name.log)"
  "$@" </dev/null >"$output/$name.json" 2> >(tee "$output/$name.log" >&2)
}

report() {
  value "$output/doctor.json" '"libtorch: %s, GPUs: %s" % (d["libtorch"], ", ".join(d["gpus"]) or "none")'
  echo "device: $device, PyTorch $torch_version"
  printf 'tests: %s\n' "$(tail -n 1 "$output/tests.json")"
  if [ $bench_status -eq 0 ]; then
    value "$output/bench-step.json" '"step, %s shape: %.0f tokens/s; %.2f x PyTorch loop, %.2f x PyTorch dense, %.2f of the floor" % (
      d["shape"], d["tokens_per_second"], d["ratio_vs_pytorch_loop"], d["ratio_vs_pytorch_dense"], d["ratio_to_floor"])'
  else
    echo "step: failed with exit code $bench_status (log: $output/bench-step.log)"
  fi
}

arguments=("$@")
device=cuda:0 given_python='' shape=reference rounds=7 output=gpu-check
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --device | --python | --shape | --rounds | --output)
      [ $# -gt 1 ] || die 2 "$1 needs a value. --help tells which."
      case $1 in
        --device) device=$2 ;;
        --python) given_python=$2 ;;
        --shape) shape=$2 ;;
        --rounds) rounds=$2 ;;
        --output) output=$2 ;;
      esac
      shift
      ;;
    *) die 2 "$1 is not an option. --help lists them." ;;
  esac
  shift
done
[[ $device =~ ^(cpu|cuda:[0-9]+)$ ]] || die 2 "--device: '$device' is not allowed. Give cpu or cuda:N, such as cuda:0."
# As mor bench allows them, but before the tests and not after them.
[[ $shape =~ ^(reference|demo)$ ]] || die 2 "--shape: '$shape' is not allowed. Give reference or demo."
[[ $rounds =~ ^[1-9][0-9]{0,3}$ ]] && [ "$rounds" -ge 5 ] && [ "$rounds" -le 1000 ] ||
  die 2 "--rounds: '$rounds' is not allowed. Give a whole number from 5 to 1000."

require
published || publish_and_go_on "${arguments[@]}"
[ -d "$artifacts/runtime/vstest" ] || die 2 "$root was published without tests. Publish it again with mor publish --tests."

output=$(realpath -m -- "$output")
mkdir -p "$output" || die 2 "--output: $output cannot be made."
export LIBTORCH=$libtorch MOR_TEST_DEVICE=$device
step doctor "$root/mor" doctor --json || die 1 "the program does not start with $libtorch; see above."
if [ "$device" != cpu ] && [ "$(value "$output/doctor.json" 'len(d["gpus"])')" -le "${device#cuda:}" ]; then
  die 1 "the program does not see $device, and PyTorch does (log: $output/doctor.log). Is $libtorch the CUDA one?"
fi
step tests "$root/mor" test
tests_status=$?
step bench-step "$root/mor" bench step --device "$device" --shape "$shape" --rounds "$rounds" --python "$python" --json
bench_status=$?
report | tee "$output/summary.txt"
[ $tests_status -eq 0 ] && [ $bench_status -eq 0 ] || exit 1
