# Finds the tools that a build needs and installs what is missing. Sourced by mor.

# find_dotnet: sets $dotnet to the one of a published folder, else to one whose folder holds an SDK 10. Looks at files
# only: asking dotnet costs 60 ms.
find_dotnet() {
  local candidate real
  if published; then
    dotnet=$artifacts/runtime/dotnet
    return 0
  fi
  for candidate in "$(command -v dotnet)" "${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}" "${HOME:+$HOME/.dotnet/dotnet}"; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    real=$(readlink -f -- "$candidate")
    if compgen -G "${real%/*}/sdk/10.0.*" >/dev/null || "$candidate" --list-sdks 2>/dev/null | grep -q '^10\.0\.'; then
      dotnet=$candidate
      return 0
    fi
  done
  return 1
}

dotnet_missing() {
  local found
  found=$(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ')
  printf '%s' "the .NET SDK 10 was not found in PATH, DOTNET_ROOT (${DOTNET_ROOT:-not set}) or ~/.dotnet" \
    "${found:+; found only $found}. Install it without root into ~/.dotnet, where mor looks: " \
    "curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
}

find_compiler() {
  local candidate
  for candidate in "${CXX:-}" c++ g++ clang++; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    compiler=$candidate
    return 0
  done
  return 1
}

# in_search_path FILE: prints where the compiler finds a library, nothing if it does not.
in_search_path() {
  local path
  path=$("$compiler" -print-file-name="$1" 2>/dev/null)
  case $path in /*) [ -e "$path" ] && readlink -f -- "$path" ;; esac
}

# find_libtorch: sets $libtorch to the shared library of the folder that LIBTORCH names, else of the system.
find_libtorch() {
  libtorch=
  if [ -n "${LIBTORCH:-}" ]; then
    [ -f "$LIBTORCH/include/ATen/ATen.h" ] && [ -f "$LIBTORCH/lib/libtorch_cpu.so" ] || return 1
    libtorch=$LIBTORCH/lib/libtorch_cpu.so
    return 0
  fi
  "$compiler" -E -x c++ - <<<$'#if !__has_include(<ATen/ATen.h>)\n#error\n#endif' >/dev/null 2>&1 || return 1
  libtorch=$(in_search_path libtorch_cpu.so)
  [ -n "$libtorch" ]
}

# blas_state: reference | unused (OpenBLAS is there, another is selected) | good. LIBTORCH's libtorch brings its own.
blas_state() {
  local blas
  blas=$(blas_path)
  case $blas in
    */blas/libblas.so.3*)
      if compgen -G "${blas%/blas/*}/openblas-*/libblas.so.3" >/dev/null; then echo unused; else echo reference; fi ;;
    *) echo good ;;
  esac
}

blas_path() {
  [ -n "${LIBTORCH:-}" ] || in_search_path libblas.so.3
}

wrong_libtorch() {
  printf '%s' "LIBTORCH: $LIBTORCH lacks include/ATen/ATen.h or lib/libtorch_cpu.so. Name the folder of an unpacked" \
    " libtorch (the one that holds include and lib) or of PyTorch's wheel (site-packages/torch)," \
    " or unset LIBTORCH to use the system's."
}

# missing_packages: sets $packages (Debian names) and $missing (what they are, for people).
missing_packages() {
  packages=() missing=()
  want() {
    packages+=("$1")
    missing+=("$2")
  }
  command -v cmake >/dev/null || want cmake CMake
  command -v make >/dev/null || want make make # CMake's generator, also where Ninja is installed
  if ! find_compiler; then
    want g++ "a C++ compiler"
    [ -n "${LIBTORCH:-}" ] || want libtorch-dev "libtorch"
    [ -n "${LIBTORCH:-}" ] || want libopenblas0-pthread "OpenBLAS"
    return
  fi
  if ! find_libtorch; then
    [ -z "${LIBTORCH:-}" ] || die 2 "$(wrong_libtorch)"
    want libtorch-dev "libtorch"
    want libopenblas0-pthread "OpenBLAS"
  elif [ "$(blas_state)" = reference ]; then
    want libopenblas0-pthread "OpenBLAS (libtorch would use Debian's reference BLAS, about 60 times slower)"
  fi
}

joined() {
  local text
  printf -v text '%s, ' "$@"
  printf '%s' "${text%, }"
}

# How to install $packages by hand.
install_by_hand() {
  printf '%s' "As root: apt-get update && apt-get install --no-install-recommends ${packages[*]}"
  case " ${packages[*]} " in
    *" libtorch-dev "*) printf '%s' ". Without root: unpack a C++ libtorch (1.13 to 2.x, from pytorch.org) and set" \
      " LIBTORCH to its folder; the one inside PyTorch's wheel does too" \
      " (LIBTORCH=\$(python3 -c 'import torch, os; print(os.path.dirname(torch.__file__))'))" ;;
  esac
}

on_terminal() {
  [ -t 0 ] && [ -t 2 ]
}

# find_root: sets $as_root to the words before a command that needs root. Sudo asks for a password on a terminal only.
find_root() {
  as_root=()
  [ "$(id -u)" -ne 0 ] || return 0
  command -v sudo >/dev/null || return 1
  if on_terminal; then as_root=(sudo); else as_root=(sudo -n); sudo -n true 2>/dev/null; fi
}

# apt_get ARGUMENT...: after find_root, without questions, into $log.
apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1 9>&-
}

# install_missing: leaves a machine that has CMake, a compiler, libtorch and a BLAS, or ends the launcher.
install_missing() {
  missing_packages
  [ ${#packages[@]} -gt 0 ] || return 0
  local what log=$artifacts/log/install.log answer
  what=$(joined "${missing[@]}")
  if ! command -v apt-get >/dev/null || ! find_root; then
    # Slow, but right: libtorch works with the reference BLAS.
    [ "${packages[*]}" = libopenblas0-pthread ] && { say "warning: missing $what. $(install_by_hand)."; return 0; }
    die 2 "missing: $what, and no root (nor sudo) or no apt-get to install it. $(install_by_hand)."
  fi
  say "missing: $what. To be installed with apt-get: ${packages[*]}."
  if on_terminal && [ "${MOR_YES:-0}" != 1 ]; then
    read -r -p 'mor: install now? [Y/n] ' answer || answer=n
    case $answer in
      '' | [Yy]*) ;;
      *) die 2 "nothing was installed. $(install_by_hand)." ;;
    esac
  fi
  say "installing (log: $log)"
  : >"$log"
  apt_get update || say "warning: apt-get update failed; trying with the package lists that are here"
  if ! apt_get install -y --no-install-recommends "${packages[@]}"; then
    tail -n 15 "$log" >&2
    die 1 "apt-get could not install ${packages[*]} (log: $log). Install them by hand. $(install_by_hand)."
  fi
  installed=("${packages[@]}")
  missing_packages
  [ ${#packages[@]} -eq 0 ] ||
    die 1 "installed ${installed[*]}, yet still missing: $(joined "${missing[@]}") (log: $log). $(install_by_hand)."
}
