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
gone() { ! kill -0 "$1" 2>/dev/null; }

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
    nproc timeout dirname tr uname touch date cp ln mktemp uniq du df rmdir tee; do
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
    for name in MoR.Program X Y; do
      mkdir -p "$box/repo/artifacts/bin/$name/release"
      touch "$box/repo/artifacts/bin/$name/release/$name.dll"
    done ;;
  test)
    name=${2##*/}; name=${name%.dll}
    folder=$*; folder=${folder##*--results-directory }; folder=${folder%% *}
    . "$box/results-$name" ;;
  exec)
    name=${3##*/}; name=${name%.dll}
    folder=$*; folder=${folder##*--resultsDirectory:}; folder=${folder%% *}
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
check 'builds the program' called 'dotnet build src/Program/MoR.Program.csproj -c Release'
check 'does not build the tests to run' never_called MoR.Distributed.sln
mor train
check 'a second start builds nothing' same "$(grep -vc '\.dll' "$box/calls")" 0
check 'a second start says nothing' same "$(wc -c <"$box/stderr")" 0
ln -s "$box/repo/mor" "$box/bin/mor"
with=(PATH="$box/bin")
: >"$box/calls"
linked=$(cd "$box" && env -i PATH="$box/bin" HOME="$box/home" bash -c 'mor doctor')
check 'works through a link in PATH' same "$linked" "ran in $box:doctor"

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
mkfifo "$box/never"; exec 8<>"$box/never"
echo 'echo $$ >"$box/child"; read -r _ <"$box/never"' >"$box/results-X"
declare -A ends=([TERM]=143 [INT]=130)
for signal in TERM INT; do
  rm -f "$box/child"; set -m
  env -i PATH="$box/bin" HOME="$box/home" "$box/repo/mor" test </dev/null >"$box/stdout" 2>"$box/stderr" & first=$!
  set +m
  eventually test -s "$box/child"
  kill -$signal $first
  wait $first; code=$?
  check "tests that get SIG$signal end with it" ends_with "${ends[$signal]}"
  check "and what they had started ends too (SIG$signal)" eventually gone "$(cat "$box/child")"
done
exec 8>&-; results X 1 1 0 0; mor test
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

# --- publishing
sdk() { # what of an SDK is copied
  mkdir -p "$box/host/fxr/10.0.9" "$box/host/fxr/10.0.10" "$box/shared/Microsoft.NETCore.App"/10.0.{9,10} \
    "$box/sdk/10.0.100/Extensions"
  touch "$box/shared/Microsoft.NETCore.App/10.0.10/newer" "$box/sdk/10.0.100"/{vstest.console,datacollector}.dll \
    "$box/sdk/10.0.100"/{Microsoft.TestPlatform.X,Newtonsoft.Json,Microsoft.Extensions.DependencyModel}.dll \
    "$box/sdk/10.0.100"/{Microsoft.Extensions.FileSystemGlobbing,Extensions/x}.dll
  mkdir -p "$box/repo/recipes" "$box/repo/artifacts/bin/MoR.Program/release"
  echo '{"framework": {"name": "Microsoft.NETCore.App"}}' \
    >"$box/repo/artifacts/bin/MoR.Program/release/MoR.Program.runtimeconfig.json"
  tool ldd <<'TOOL'
case $1 in
  *repo/artifacts/native/*) printf '\tlibtorch_cpu.so => %s/lib/libtorch_cpu.so (0x1)\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n' "$box" ;;
  *) printf '\tlibtorch_cpu.so => %s (0x1)\n' "$(cat "$box/linked" 2>/dev/null || echo "${1%/*}/libtorch_cpu.so")" ;;
esac
TOOL
}
elsewhere() { # runs the published launcher, on a machine without SDK
  local sdk=$box/bin/dotnet
  mv "$sdk" "$sdk.away"
  : >"$box/calls"
  (cd "$box" && env -i PATH="$box/bin" HOME="$box/home" "${with[@]}" "$box/there/mor" "$@" </dev/null) \
    >"$box/stdout" 2>"$box/stderr"
  code=$?
  mv "$sdk.away" "$sdk"
}

new_box; sdk; mor publish --output "$box/there" --json
check 'publish makes the folder' ends_with 0
check 'publish under --json ends with an object' same "$(tail -n 1 "$box/stdout" | grep -c '"tests": false}$')" 1
check 'the newest runtime comes along' test -e "$box/there/artifacts/runtime/shared/Microsoft.NETCore.App/10.0.10/newer"
check 'libtorch comes along' test -e "$box/there/artifacts/lib/libtorch_cpu.so"
check 'the C library does not' test ! -e "$box/there/artifacts/lib/libc.so.6"
check 'recipes come along' test -d "$box/there/recipes"
check 'the tests do not' test ! -e "$box/there/artifacts/runtime/vstest"
check 'nothing unfinished is left' same "$(compgen -G "$box/there.*")" ''
elsewhere train
check 'what was published runs without an SDK' last_line "ran in $box:train"
check 'and builds nothing' same "$(grep -cE 'cmake|dotnet build' "$box/calls")" 0
elsewhere test
check 'without its tests it says how to have them' says 'mor publish --tests'
check 'a missing test is wrong configuration' ends_with 2
elsewhere publish
check 'what is published is not published again' says 'published already'
mkdir -p "$box/torch2/include/ATen" "$box/torch2/lib"
touch "$box/torch2/include/ATen/ATen.h" "$box/torch2/lib/libtorch_cpu.so"
tool cmake <<'TOOL'
[ "$1" = --build ] || exit 0
mkdir -p "$box/there/artifacts/native" && touch "$box/there/artifacts/native/libmor_native.so"
TOOL
with=(LIBTORCH="$box/torch2"); elsewhere train
check 'with LIBTORCH it builds the native library for that' says "building the native library with $box/torch2"
check 'and runs' last_line "ran in $box:train"
new_box; sdk; mor publish --output "$box/there" --without-libtorch
check 'without libtorch nothing native is built' never_called cmake
check 'without libtorch none comes along' test ! -e "$box/there/artifacts/lib"
results X 3 3 0 0; results Y 1 1 0 0; mor publish --output "$box/there" --tests
check 'publish --tests builds the tests' called 'dotnet build MoR.Distributed.sln'
check 'the runner comes along' test -e "$box/there/artifacts/runtime/vstest/Extensions/x.dll"
echo : >"$box/there/tests/launcher.sh"; elsewhere test Some.Name
check 'published tests run without an SDK' last_line '4 passed, 0 failed, 0 skipped'
check 'with the runner that came along' called 'vstest.console.dll'
check 'tests of a tier are left out there too' called '--testCaseFilter:Tier!=chaos&Tier!=sim&'
elsewhere test --format
check 'formatting needs the SDK' ends_with 2
touch "$box/there/notes"; mor publish --output "$box/there"
check 'an earlier publish is replaced' test ! -e "$box/there/notes"
mkdir "$box/mine"; touch "$box/mine/file"; mor publish --output "$box/mine"
check 'a folder that is not a publish is left alone' test -e "$box/mine/file"
check 'and refused' says 'was not published by mor'
echo "$box/lib/libtorch_cpu.so" >"$box/linked"; mor publish --output "$box/there2"
check 'a library that would still come from the system is an error' says 'the linker still takes libtorch_cpu.so from elsewhere'
check 'and nothing is left of it' same "$(compgen -G "$box/there2*")" ''
with=(LIBTORCH="$box/lib"); mor publish
check "another libtorch is not taken along" says 'give --without-libtorch'
new_box; sdk; rm -r "$box/shared"; mor publish
check 'an SDK without its runtime is wrong configuration' ends_with 2
check 'an SDK without its runtime is named' says 'Install the whole .NET SDK 10'
new_box; sdk; rm "$box/sdk/10.0.100/datacollector.dll"; mor publish --tests --output "$box/there"
check 'a copy that fails is a failure while running' ends_with 1
check 'a copy that fails publishes nothing' same "$(compgen -G "$box/there*")" ''

# --- the check on a GPU
gpu_box() { # a clone beside a Python with PyTorch 2.4 for CUDA 12.1, which sees one GPU
  new_box; sdk; results X 3 3 0 0; results Y 1 1 0 0
  echo : >"$box/repo/tests/launcher.sh"
  mkdir -p "$box/torch2/include/ATen" "$box/torch2/lib"
  touch "$box/torch2/include/ATen/ATen.h" "$box/torch2/lib/libtorch_cpu.so"
  echo "$box/torch2 2.4.0 12.1 1" >"$box/pytorch"
  echo 1 >"$box/seen"
  tool cmake <<'TOOL'
[ "$1" = --build ] || exit 0
mkdir -p "$box/repo/artifacts/gpu-check/artifacts/native"
touch "$box/repo/artifacts/gpu-check/artifacts/native/libmor_native.so"
TOOL
  tool python3 <<'TOOL'
case $1 in
  -) exec cat "$box/pytorch" ;;
  -c) case $4 in len*) cat "$box/seen" ;; *) echo "read ${3##*/}" ;; esac ;;
esac
TOOL
}
gpu_check() {
  : >"$box/calls"
  (cd "$box/elsewhere" && env -i PATH="$box/bin" HOME="$box/home" "$box/repo/deploy/gpu-check.sh" "$@" </dev/null) \
    >"$box/stdout" 2>"$box/stderr"
  code=$?
}

gpu_box; mkdir -p "$box/shared/data"
sed -i '1i echo "data in $MOR_TEST_DATA" >>"$box/calls"' "$box/results-X"
gpu_check --rounds 9
check 'the check in a clone publishes with the tests' test -d "$box/repo/artifacts/gpu-check/artifacts/runtime/vstest"
check 'builds against the libtorch of PyTorch' says "building the native library with $box/torch2"
check 'runs the tests' prints 'tests: 5 passed, 0 failed, 0 skipped'
check 'with the data beside the clone' called "data in $box/shared/data"
check 'runs the benchmark on the GPU' called 'bench step --device cuda:0 --shape reference --rounds 9'
check 'leaves what it found' test -s "$box/elsewhere/gpu-check/summary.txt"
check 'and ends well' ends_with 0
gpu_check --device cpu --output "$box/cpu"
check 'the CPU takes the same path' called 'bench step --device cpu'
results X 3 2 1 1; gpu_check
check 'a failed test fails the check' ends_with 1
check 'after the benchmark' called 'bench step'
echo 0 >"$box/seen"; gpu_check
check 'a GPU that only PyTorch sees is a failure' ends_with 1
check 'and is told' says 'the program does not see cuda:0, and PyTorch does'
gpu_box; gpu_check --rounds 4
check 'rounds that the benchmark would refuse are refused before the tests' says "--rounds: '4' is not allowed"
check 'and end as wrong usage' ends_with 2
gpu_check --shape large
check 'so is a shape that it does not have' says "--shape: 'large' is not allowed"
check 'and nothing was built for them' never_called dotnet
gpu_box; gpu_check --device cuda:1
check 'a GPU that is not there is wrong configuration' ends_with 2
check 'a GPU that is not there is named' says 'cuda:1: PyTorch 2.4.0 sees 1 GPUs'
check 'nothing is built for it' never_called dotnet
echo "$box/torch2 2.4.0 none 0" >"$box/pytorch"; rm "$box/bin/cmake" "$box/torch2/include/ATen/ATen.h"; gpu_check
check 'a PyTorch without CUDA is told' says 'a PyTorch with CUDA'
check 'all that is missing is told at once' says '  - cmake'
check 'and headers' says "headers in $box/torch2/include"
rm "$box/pytorch"; gpu_check --python python3
check 'without PyTorch it says so' says 'a Python with PyTorch and numpy'

printf '%d passed, %d failed, 0 skipped\n' $passed $failed
[ $failed -eq 0 ]
