# ./mor publish: makes a folder that runs without SDK, network or root. Sourced by mor.
#
# It is laid out like a clone, so that the program, its tests and this launcher find everything where they find it there.
# artifacts/runtime marks it: the .NET runtime of the SDK that built it. artifacts/lib holds the native library with the
# system's libtorch; where LIBTORCH names another, the native library is built against that, as in a clone.

publish_usage() {
  cat <<USAGE
usage: mor publish [--output DIR] [--tests] [--without-libtorch] [--json]

  builds, and makes a folder that runs on machines without SDK, network or root: copy it there and call its mor
  --output DIR        the folder; an earlier publish there is replaced (default: artifacts/publish)
  --tests             take the tests and their runner along: mor test and deploy/gpu-check.sh work there
  --without-libtorch  leave the system's libtorch out (some 500 MB): the other machine needs one, CMake and a compiler
USAGE
}

published() {
  [ -x "$artifacts/runtime/dotnet" ]
}

# bundled: whether this is a published folder whose own libtorch is to be used.
bundled() {
  published && [ -z "${LIBTORCH:-}" ] && [ -f "$artifacts/lib/libmor_native.so" ]
}

# newest GLOB: the match with the highest version.
newest() {
  { compgen -G "$1" || true; } | sort -V | tail -n 1
}

# copy_runtime TO: dotnet, and the frameworks that the program and its tests ask for.
copy_runtime() {
  local to=$1 from part name
  from=$(readlink -f -- "$dotnet")
  from=${from%/*}
  mkdir -p "$to"
  cp -p "$from/dotnet" "$to/"
  while read -r name; do
    part=$(newest "$from/shared/$name/10.0.*")
    [ -n "$part" ] || die 2 "$from/shared/$name: there is no version 10.0 beside $dotnet. Install the whole .NET SDK 10."
    mkdir -p "$to/shared/$name"
    cp -Rp "$part" "$to/shared/$name/"
  done < <(cat "$artifacts"/bin/*/release/*.runtimeconfig.json | grep -oE '"Microsoft\.[A-Za-z]+\.App"' | tr -d '"' | sort -u)
  part=$(newest "$from/host/fxr/10.0.*")
  [ -n "$part" ] || die 2 "$from/host/fxr: there is no version 10.0 beside $dotnet. Install the whole .NET SDK 10."
  mkdir -p "$to/host/fxr"
  cp -Rp "$part" "$to/host/fxr/"
}

# copy_test_runner TO: the SDK's vstest, which is a program of its own.
copy_test_runner() {
  local to=$1 from
  from=$(readlink -f -- "$dotnet")
  from=$(newest "${from%/*}/sdk/10.0.*")
  [ -f "$from/vstest.console.dll" ] || die 2 "$from: there is no vstest.console.dll. Install the whole .NET SDK 10."
  mkdir -p "$to/Extensions"
  cp -p "$from"/{vstest.console,datacollector}.* "$from"/*TestPlatform*.dll "$from/Newtonsoft.Json.dll" \
    "$from"/Microsoft.Extensions.{DependencyModel,FileSystemGlobbing}.dll "$to/"
  cp -p "$from"/Extensions/*.dll "$to/Extensions/"
}

# libraries_of FILE: what the dynamic linker loads for it, as "name path" lines, without what .NET takes from the system.
libraries_of() {
  LC_ALL=C ldd "$1" | sed -nE 's/^[[:space:]]*([^ ]+) => (not found|[^ ]+).*/\1 \2/p' |
    grep -vE '^(linux-vdso|ld-linux|lib(c|m|dl|rt|pthread|resolv|stdc\+\+|gcc_s)\.so)'
}

# copy_libtorch TO: the native library and all that it loads, found through its $ORIGIN.
copy_libtorch() {
  local to=$1 name path
  command -v ldd >/dev/null || die 2 "ldd was not found, which tells what libtorch needs. Give --without-libtorch."
  mkdir -p "$to"
  cp -p "$library" "$to/"
  while read -r name path; do
    [ -f "$path" ] || die 1 "$library needs $name, which was not found. Run mor doctor; it tells more."
    cp -pL "$path" "$to/$name"
  done < <(libraries_of "$library")
  while read -r name path; do
    case $path in
      "$to"/*) ;;
      *) die 1 "$to: the linker still takes $name from elsewhere ($path). Give --without-libtorch." ;;
    esac
  done < <(libraries_of "$to/libmor_native.so")
}

# copy_there TO NAME...: those of the root's files and folders that exist, without build outputs of other tools.
copy_there() {
  local to=$1 name
  shift
  for name in "$@"; do
    [ ! -e "$root/$name" ] || cp -Rp "$root/$name" "$to/"
  done
}

# fill TO: everything, in a folder that is not yet in its place.
fill() {
  local to=$1 dll
  mkdir -p "$to/artifacts/bin/MoR.Program"
  copy_there "$to" mor LICENSE README.md CHANGELOG.md docs deploy native recipes tasks plans demo benchmarks
  cp -Rp "${program%/*}" "$to/artifacts/bin/MoR.Program/"
  copy_runtime "$to/artifacts/runtime"
  $libtorch_too && copy_libtorch "$to/artifacts/lib"
  $tests_too || return 0
  copy_there "$to" src tests .editorconfig .gitignore .ci "${settings[@]}"
  copy_test_runner "$to/artifacts/runtime/vstest"
  while read -r dll; do
    dll=${dll%/release/*}
    mkdir -p "$to/artifacts/bin/${dll##*/}"
    cp -Rp "$dll/release" "$to/artifacts/bin/${dll##*/}/"
  done < <(test_programs)
}

run_publish() {
  local output=$artifacts/publish tests_too=false libtorch_too=true new size status free targets=(app)
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) publish_usage; exit 0 ;;
      --output) [ $# -gt 1 ] || die 2 "mor publish: --output needs a folder."; output=$(realpath -m -- "$2"); shift ;;
      --tests) tests_too=true ;;
      --without-libtorch) libtorch_too=false ;;
      --json) ;;
      *) die 2 "mor publish: $1 is not an option. mor publish --help lists them." ;;
    esac
    shift
  done
  ! published || die 2 "$root is published already, and holds no SDK. Copy it as it is."
  if $libtorch_too && [ -n "${LIBTORCH:-}" ]; then
    die 2 "LIBTORCH is set, and only the system's libtorch can be taken along. Unset it, or give --without-libtorch."
  fi
  if [ -e "$output" ] && [ ! -x "$output/artifacts/runtime/dotnet" ] && ! rmdir "$output" 2>/dev/null; then
    die 2 "--output: $output exists and was not published by mor. Name another folder."
  fi
  find_dotnet || die 2 "$(dotnet_missing)"
  if $tests_too; then targets=(tests); fi
  if $libtorch_too; then targets+=(native); fi
  ensure "${targets[@]}"

  new=$output.$$.unfinished
  trap 'rm -rf "$new"; die 130 "interrupted; nothing was published"' INT
  say "publishing to $output"
  (set -e; fill "$new") # not in a condition, where set -e means nothing
  status=$?
  if [ $status -ne 0 ]; then
    rm -rf "$new"
    [ $status -ne 2 ] || exit 2 # it said why
    free=$(df -h --output=avail "${output%/*}" 2>/dev/null | tail -n 1)
    die 1 "$output was not made. Mend the error above; free there: ${free// /}."
  fi
  rm -rf "$output"
  mv "$new" "$output" || die 1 "$new could not be renamed to $output."
  trap - INT
  size=$(du -sm "$output" | cut -f 1)
  say "published: $output ($size MB). Copy it to a machine of the same kind, with the same glibc or a newer one, and call its mor."
  if $json; then
    printf '{"folder": %s, "megabytes": %d, "libtorch": %s, "tests": %s}\n' \
      "$(json_string "$output")" "$size" $libtorch_too $tests_too
  fi
}
