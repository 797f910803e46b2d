#!/usr/bin/env bash
# Begins a run, or goes on with it where it is: for whatever starts a coordinator again (Slurm, systemd, Docker, Kubernetes).
set -uo pipefail

self=$(readlink -f -- "${BASH_SOURCE[0]}")
mor=${self%/deploy/*}/mor

usage() {
  cat >&2 <<USAGE
usage: deploy/train-or-resume.sh RUN RECIPE [ARGUMENT]... [-- ARGUMENT...]

  becomes mor train RECIPE --output RUN, or mor train --resume RUN where the run exists already
  before --  arguments of the beginning (--set, --steps): a run that goes on has its own recipe, and they are left out
  after --   arguments of every start (--listen, --expect, --token-file, --device)
USAGE
  exit 2
}

[ $# -ge 2 ] || usage
run=$1 recipe=$2
shift 2
begin=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  begin+=("$1")
  shift
done
[ $# -eq 0 ] || shift

if [ -f "$run/recipe.yaml" ]; then
  [ ${#begin[@]} -eq 0 ] || printf 'train-or-resume: %s exists and goes on by its own recipe, without %s\n' "$run" "${begin[*]}" >&2
  exec "$mor" train --resume "$run" "$@"
fi
exec "$mor" train "$recipe" --output "$run" ${begin[@]+"${begin[@]}"} "$@"
