# ./mor setup: makes ready, and says what is there. Sourced by mor.

setup_usage() {
  cat <<USAGE
usage: mor setup [--check] [--json]

  installs what is missing (CMake, a C++ compiler, libtorch, OpenBLAS) and builds the program
  --check  only report; exit code 2 when something is missing or out of date

environment: LIBTORCH        folder of a libtorch of your own (holds include and lib)
             MOR_YES=1       install without asking
             MOR_SKIP_BUILD  1: start the program as it is, without looking whether it is up to date
USAGE
}

version_of() {
  "$@" --version 2>/dev/null | head -n 1
}

row() {
  printf '  %-16s %s\n' "$1" "$2"
}

# What the tools are; $ready tells whether nothing is missing.
report() {
  ready=true
  packages=() missing=() compiler='' libtorch=''
  if published; then
    row '.NET runtime' "$(newest "$artifacts/runtime/shared/Microsoft.NETCore.App/*") (published folder)"
  elif find_dotnet; then
    row '.NET SDK' "$dotnet ($(cd "$root" && version_of "$dotnet"))"
  else
    row missing 'the .NET SDK 10'
    ready=false
  fi
  bundled || missing_packages
  command -v cmake >/dev/null && row CMake "$(version_of cmake)"
  [ -z "$compiler" ] || row compiler "$(version_of "$compiler")"
  [ -z "$libtorch" ] || row libtorch "$libtorch${LIBTORCH:+ (from LIBTORCH)}"
  local name target blas
  blas=$(blas_path)
  [ -z "$blas" ] || row BLAS "$blas"
  for name in "${missing[@]}"; do
    row missing "$name"
    ready=false
  done
  for target in native app; do
    if up_to_date $target; then row "$target" built; else row "$target" 'not built, or out of date'; ready=false; fi
  done
}

run_setup() {
  local argument check=false ready
  for argument in "$@"; do
    case $argument in
      -h | --help) setup_usage; exit 0 ;;
      --check) check=true ;;
      --json) ;;
      *) die 2 "mor setup: $argument is not an option. mor setup --help lists them." ;;
    esac
  done
  if ! $check; then
    find_dotnet || die 2 "$(dotnet_missing)"
    ensure native app
  fi
  report >&2
  if ! $check; then
    say "installed: $(joined "${installed[@]:-nothing}"); built: $(joined "${built[@]:-nothing, it was up to date}")"
  elif $ready; then
    say "ready"
  else
    [ ${#packages[@]} -eq 0 ] || say "$(install_by_hand)"
    [ -n "${dotnet:-}" ] || say "$(dotnet_missing)"
    die 2 "not ready: mor setup installs and builds what is missing"
  fi
  if $json; then
    printf '{"ready": %s, "dotnet": %s, "libtorch": %s, "blas": %s, "installed": "%s", "built": "%s"}\n' \
      $ready "$(json_string "$dotnet")" "$(json_string "$libtorch")" "$(json_string "$(blas_path)")" \
      "${installed[*]}" "${built[*]}"
  fi
}
