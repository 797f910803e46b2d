#!/usr/bin/env bash
# The launcher in a box: a copy of mor, sources of one line each, and tools that only pretend. Nothing is installed,
# nothing real is built, and no step waits for time to pass. Prints one line per case and the count.
set -uo pipefail

# A shell that was started in the background ignores interrupts, and a script cannot take that back by itself.
[ "${interrupts:-}" = heard ] || interrupts=heard exec env --default-signal=INT,QUIT,HUP bash "$0" "$@"

repository=$(cd "$(dirname "$0")/.." && pwd)
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
passed=0 failed=0

check() { # check NAME CONDITION...: the condition is a command
  local name=$1
  shift
  if "$@"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'FAILED: %s\n  condition: %s\n  exit code: %s\n' "$name" "$*" "${code:-}"
    sed 's/^/  stdout: /' "$box/stdout"
    sed 's/^/  stderr: /' "$box/stderr"
    sed 's/^/  called: /' "$box/calls"
  fi
}

says() { grep -qF -- "$1" "$box/stderr"; }
prints() { grep -qF -- "$1" "$box/stdout"; }
last_line() { [ "$(tail -n 1 "$box/stdout")" = "$1" ]; }
called() { grep -qF -- "$1" "$box/calls"; }
never_called() { ! called "$1"; }
ends_with() { [ "$code" -eq "$1" ]; }
same() { [ "$1" = "$2" ]; }

mor() { # runs the launcher in the box, from another folder, without a terminal
  : >"$box/calls"
  (cd "$box/elsewhere" && env -i PATH="$box/bin" HOME="$box/home" "${with[@]}" "$box/repo/mor" "$@" </dev/null) \
    >"$box/stdout" 2>"$box/stderr"
  code=$?
}

tool() { # tool NAME: a pretended program, its text on stdin
  { printf '#!%s\nbox=%q\necho "${0##*/} $*" >>"$box/calls"\n' "$(command -v bash)" "$box" && cat; } >"$box/bin/$1"
  chmod +x "$box/bin/$1"
}

new_box() { # a machine with everything, as root
  rm -rf "${box:?}"/*
  mkdir -p "$box"/{bin,home,elsewhere,lib,torch,repo/src,repo/native,repo/tests,sdk/10.0.100}
  : >"$box/calls"
  with=()
  local name
  for name in bash env readlink find sort cksum stat cat grep sed awk cut paste head tail mkdir rm mv realpath flock \
    nproc timeout dirname tr uname touch date cp ln mktemp uniq; do
    ln -s "$(command -v $name)" "$box/bin/$name"
  done
  cp -r "$repository/mor" "$repository/deploy" "$box/repo/"
  cp "$repository/tests/tiers.txt" "$box/repo/tests/"
  touch "$box/repo"/{Directory.Build.props,Directory.Packages.props,global.json}
  echo one >"$box/repo/src/a.cs"
  echo one >"$box/repo/native/a.cpp"
  printf 'Project("{F}") = "X", "tests\\X\\X.csproj", "{1}"\nProject("{F}") = "Y", "tests\\Y\\Y.csproj", "{2}"\n' \
    >"$box/repo/MoR.Distributed.sln"
  touch "$box/lib"/{libtorch_cpu.so,libblas.so.3} "$box/torch/headers"
  echo 0 >"$box/uid"
  tool id <<<'cat "$box/uid"'
  tool make <<<''
  tool dpkg-query <<<'printf installed'
  tool cmake <<'TOOL'
[ "$1" = --build ] || exit 0
mkdir -p "$box/repo/artifacts/native" && touch "$box/repo/artifacts/native/libmor_native.so"
TOOL
  tool c++ <<'TOOL'
case $1 in
  -E) [ -e "$box/torch/headers" ] ;;
  -print-file-name=*) name=${1#*=}; [ -e "$box/lib/$name" ] && echo "$box/lib/$name" || echo "$name" ;;
esac
TOOL
  tool apt-get <<'TOOL'
case " $* " in
  *" libtorch-dev "*) touch "$box/torch/headers" "$box/lib/libtorch_cpu.so" ;;
esac
case " $* " in
  *" libopenblas0-pthread "*) rm -f "$box/lib/libblas.so.3"; touch "$box/lib/libblas.so.3" ;;
esac
TOOL
  tool dotnet <<'TOOL'
case $1 in
  build)
    [ ! -p "$box/gate" ] || read -r _ <"$box/gate"
    [ ! -e "$box/broken" ] || { echo 'a.cs(1,1): error CS1002: ; expected'; exit 1; }
    for name in MoR.Coordinator X Y; do
      mkdir -p "$box/repo/artifacts/bin/$name/release"
      touch "$box/repo/artifacts/bin/$name/release/$name.dll"
    done ;;
  test)
    name=${2##*/}; name=${name%.dll}
    folder=$*; folder=${folder##*--results-directory }; folder=${folder%% *}
    . "$box/results-$name" ;;
  *.dll) echo "ran in $PWD:${*:2}"; printf %s "$MOR_CALLED_AS" >"$box/called-as" ;;
esac
TOOL
  mv "$box/bin/dotnet" "$box/dotnet"
  ln -s ../dotnet "$box/bin/dotnet"
}

results() { # results PROJECT TOTAL PASSED FAILED EXIT_CODE: what a pretended test run leaves
  local counters="<Counters total=\"$2\" passed=\"$3\" failed=\"$4\" error=\"0\" timeout=\"0\" aborted=\"0\" />"
  printf 'echo %q >"$folder/%s.trx"\nexit %s\n' "$counters" "$1" "$5" >"$box/results-$1"
}

reference_blas() {
  mkdir -p "$box/lib/blas"
  mv "$box/lib/libblas.so.3" "$box/lib/blas/"
  ln -s blas/libblas.so.3 "$box/lib/"
}

no_libtorch() { rm -f "$box/torch/headers" "$box/lib/libtorch_cpu.so"; }

# --- starting
new_box
mor train r.yaml --set 'a=b c'
check 'builds, then runs in the folder of the caller' last_line "ran in $box/elsewhere:train r.yaml --set a=b c"
check 'tells the program how it was called' same "$(cat "$box/called-as")" "$box/repo/mor"
check 'builds the native library' called 'cmake --build'
check 'builds the program' called 'dotnet build src/Coordinator/MoR.Coordinator.csproj -c Release'
check 'does not build the tests to run' never_called MoR.Distributed.sln
mor train
check 'a second start builds nothing' same "$(grep -vc '\.dll' "$box/calls")" 0
check 'a second start says nothing' same "$(wc -c <"$box/stderr")" 0
ln -s "$box/repo/mor" "$box/bin/mor"
with=(PATH="$box/bin")
: >"$box/calls"
check 'works through a link in PATH' same "$(cd "$box" && PATH=$box/bin bash -c 'mor doctor')" "ran in $box:doctor"

# --- what changed is built, and nothing else
with=()
echo changed >>"$box/repo/src/a.cs"; mor train
check 'a changed source rebuilds the program' called 'dotnet build'
check 'a changed source leaves the native library' never_called cmake
touch -d 2001-01-01 "$box/repo/src/a.cs"; mor train
check 'a source replaced by an older one rebuilds' called 'dotnet build'
rm "$box/repo/src/a.cs"; mor train
check 'a deleted source rebuilds' called 'dotnet build'
echo changed >>"$box/repo/native/a.cpp"; mor train
check 'a changed native source rebuilds the native library' called 'cmake --build'
check 'a changed native source leaves the program' never_called 'dotnet build'
rm "$box/repo/artifacts/native/libmor_native.so"; mor train
check 'a deleted library is built again' called 'cmake --build'
touch -d 2001-01-01 "$box/lib/libtorch_cpu.so"; mor train
check 'another libtorch in the same place rebuilds the native library' called 'cmake --build'
mkdir -p "$box/elsewhere/torch/include/ATen" "$box/elsewhere/torch/lib"
touch "$box/elsewhere/torch/include/ATen/ATen.h" "$box/elsewhere/torch/lib/libtorch_cpu.so"
with=(LIBTORCH=torch); mor train
check 'LIBTORCH is taken, relative to the caller' says "$box/elsewhere/torch/lib/libtorch_cpu.so"
mor train
check 'the same LIBTORCH builds nothing' never_called cmake
with=(LIBTORCH=nowhere); mor train --json
check 'a wrong LIBTORCH is wrong configuration' ends_with 2
check 'a wrong LIBTORCH is named' says "LIBTORCH: $box/elsewhere/nowhere lacks include/ATen/ATen.h"
with=(MOR_SKIP_BUILD=1); echo changed >"$box/repo/src/a.cs"; mor train
check 'MOR_SKIP_BUILD skips the check' never_called 'dotnet build'
rm -rf "$box/repo/artifacts"; mor train
check 'MOR_SKIP_BUILD without a program is wrong configuration' ends_with 2

# --- what is missing
new_box; rm -r "$box/sdk/10.0.100"; mor train --json
check 'without the SDK: wrong configuration' ends_with 2
check 'without the SDK: says how to get it' says '--channel 10.0'
check 'without the SDK: one JSON object on stdout' \
  same "$(tail -n 1 "$box/stdout" | grep -c '^{"error": {"message": "the .NET SDK 10 .*", "exit_code": 2}}$')" 1
mkdir -p "$box/home/.dotnet/sdk/10.0.100"; mv "$box/dotnet" "$box/home/.dotnet/dotnet"; mor train
check 'finds the SDK in ~/.dotnet' ends_with 0
new_box; no_libtorch; mor train
check 'root without a terminal installs libtorch and OpenBLAS' \
  called 'install -y --no-install-recommends libtorch-dev libopenblas0-pthread'
check 'and goes on' last_line "ran in $box/elsewhere:train"
new_box; no_libtorch; echo 1000 >"$box/uid"; mor train
check 'without root: wrong configuration' ends_with 2
check 'without root: says what to install' says 'install --no-install-recommends libtorch-dev libopenblas0-pthread'
check 'without root: says what else would do' says 'set LIBTORCH to its folder'
check 'without root: nothing is called' never_called apt-get
mor --help
check 'help needs no libtorch' ends_with 0
tool sudo <<<'while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"'; ln -s "$(type -P true)" "$box/bin/true"; mor train
check 'sudo without a password installs' called 'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get'
new_box; no_libtorch; tool apt-get <<<'exit 100'; mor train
check 'an installation that fails is a failure while running' ends_with 1
check 'an installation that fails says what to do' says 'Install them by hand'
new_box; reference_blas; mor train
check 'with the reference BLAS OpenBLAS is installed' called 'install -y --no-install-recommends libopenblas0-pthread'
check 'with the reference BLAS libtorch is left alone' never_called libtorch-dev
new_box; reference_blas; echo 1000 >"$box/uid"; mor train
check 'without root the reference BLAS is a warning' says 'warning: missing OpenBLAS'
check 'without root the reference BLAS is used' ends_with 0
if command -v script >/dev/null; then
  new_box; no_libtorch
  answer() {
    printf '%s\n' "$1" |
      env -i PATH="$box/bin" HOME="$box/home" "$(command -v script)" -qec "$box/repo/mor train" /dev/null \
        >"$box/stdout" 2>"$box/stderr"
    code=$?
  }
  answer n
  check 'on a terminal it asks' prints 'install now? [Y/n]'
  check 'no means no' never_called 'install -y'
  check 'no is exit code 2' ends_with 2
  answer ''
  check 'Enter means yes' called 'install -y'
fi

# --- builds that fail, meet or are cut short
new_box; touch "$box/broken"; mor train --json
check 'a build that fails is a failure while running' ends_with 1
check 'a build that fails shows the error' says 'a.cs(1,1): error CS1002'
rm "$box/broken"; mor train
check 'and is tried again' called 'dotnet build'
eventually() { # eventually COMMAND...: tries for at most 10 s
  local try
  for ((try = 0; try < 200; try++)); do "$@" 2>/dev/null && return 0 || sleep 0.05; done
  return 1
}
start_second() {
  env -i PATH="$box/bin" HOME="$box/home" "$box/repo/mor" "$1" </dev/null >"$box/second" 2>&1 8>&- &
  second=$!
}

new_box; mkfifo "$box/gate"; exec 8<>"$box/gate"
mor train 8>&- & first=$!
check 'a first start is inside its build' eventually called 'dotnet build'
start_second doctor
check 'a second start waits and says so' eventually grep -q 'another mor is building here' "$box/second"
echo go >&8
wait $first $second
check 'and then runs' grep -q ':doctor' "$box/second"
check 'one build for both' same "$(grep -c 'dotnet build' "$box/calls")" 1

new_box; mkfifo "$box/gate"; exec 8<>"$box/gate"
set -m
env -i PATH="$box/bin" HOME="$box/home" "$box/repo/mor" train --json \
  </dev/null >"$box/stdout" 2>"$box/stderr" 8>&- & first=$!
set +m
eventually called 'dotnet build'
kill -INT -- -$first
wait $first; code=$?
check 'an interrupted build ends with 130' ends_with 130
check 'an interrupted build says so under --json' prints '"exit_code": 130'
rm "$box/gate"; mor train
check 'and is not trusted afterwards' called '--no-incremental'
check 'but done again' ends_with 0
echo changed >"$box/repo/src/a.cs"; mor train
check 'once' never_called '--no-incremental'

new_box; mkfifo "$box/gate"; exec 8<>"$box/gate"
env -i PATH="$box/bin" HOME="$box/home" "$box/repo/mor" train \
  </dev/null >"$box/stdout" 2>"$box/stderr" 8>&- & first=$!
eventually called 'dotnet build'
kill -KILL $first
wait $first 2>/dev/null
start_second train
check 'the build of a killed start is waited for' eventually grep -q 'another mor is building here' "$box/second"
echo go >&8; rm "$box/gate"
wait $second
check 'a killed start blocks nobody' grep -q ':train' "$box/second"
exec 8>&-

# --- the gate
new_box; results X 3 3 0 0; results Y 4 2 0 0; mkdir -p "$box/repo/tests"; echo : >"$box/repo/tests/launcher.sh"
mor test Some.Name
check 'counts are summed, what did not run is skipped' last_line '5 passed, 0 failed, 2 skipped'
check 'all well is 0' ends_with 0
check 'all well leaves nothing behind' same "$(ls "$box/repo/artifacts/test-results")" ''
check 'the tests are built' called 'dotnet build MoR.Distributed.sln -c Release'
check 'without a tier, tests of no tier run' called 'Tier!=chaos&Tier!=sim&'
check 'a filter is a part of the name' called '&FullyQualifiedName~Some.Name'
mor test chaos
check 'a tier is a trait' called '--filter Tier=chaos '
results Y 4 2 1 1; mor test
check 'a failed test is counted' last_line '6 passed, 1 failed, 1 skipped'
check 'a failed test fails the gate' ends_with 1
results Y 4 4 0 134; mor test
check 'a run that crashed after its tests passed counts as failed' last_line '8 passed, 1 failed, 0 skipped'
echo 'exit 139' >"$box/results-Y"; mor test
check 'a run that left no result counts as failed' last_line '4 passed, 1 failed, 0 skipped'
results X 0 0 0 0; results Y 0 0 0 0; mor test nosuchtest
check 'no test at all is a failure' ends_with 1
results X 1 1 0 0; results Y 1 1 0 0; tool dpkg-query <<<'exit 1'; mor test
check 'a run of all tests installs what some of them need' called 'install -y --no-install-recommends python3-torch'
mor test Some.Name
check 'a run of some tests installs nothing' never_called apt-get
tool apt-get <<<'exit 100'; mor test
check 'what cannot be installed is a warning' says 'the tests that use it are skipped'
check 'what cannot be installed fails nothing' ends_with 0
echo 1000 >"$box/uid"; mor test
check 'without root nothing is asked for the tests' never_called apt-get
echo 0 >"$box/uid"; tool dpkg-query <<<'printf installed'; mor test
check 'what is there is not installed again' never_called apt-get
mor test --list-tiers
check 'tiers are listed' prints chaos
mor test --nope
check 'an unknown option is wrong usage' ends_with 2
touch "$box/broken"; echo changed >"$box/repo/src/a.cs"; mor test
check 'tests that do not build fail the gate' ends_with 1
check 'tests that do not build still end with a count' last_line '0 passed, 1 failed, 0 skipped'

# --- setup
new_box; mor setup --check
check 'setup --check reports what is not ready' ends_with 2
check 'setup --check builds nothing' never_called 'cmake -S'
mor setup --json
check 'setup says what it did' says 'built: native, app'
check 'setup under --json ends with an object' same "$(tail -n 1 "$box/stdout" | grep -c '^{"ready": true')" 1
mor setup --check
check 'then it is ready' ends_with 0

printf '%d passed, %d failed, 0 skipped\n' $passed $failed
[ $failed -eq 0 ]
