# Builds what changed, once at a time. Sourced by mor.
#
# Three targets, each with a stamp in artifacts/stamp: native (native/), app (src/), tests (tests/). A stamp holds a
# fingerprint of names, sizes and times of the sources, taken before the build and written after it, so a file that is
# edited during a build, replaced by an older one, or deleted is noticed by the next start.

program=$artifacts/bin/MoR.Program/release/MoR.Program.dll
library=$artifacts/native/libmor_native.so
installed=()
built=()

# fingerprint PATH...: 25 ms for a thousand files.
fingerprint() {
  (cd "$root" && find "$@" -type f ! -name '.*' -printf '%p %s %T@\n' 2>/dev/null | LC_ALL=C sort | cksum)
}

settings=(Directory.Build.props Directory.Packages.props global.json MoR.Distributed.sln)

sources_of() {
  case $1 in
    native) fingerprint native ;;
    app) fingerprint src "${settings[@]}" ;;
    tests) fingerprint src tests "${settings[@]}" ;;
  esac
}

libtorch_identity() {
  printf '%s' "${LIBTORCH:-system} $1 $(stat -L -c '%s %Y' -- "$1" 2>/dev/null)"
}

# up_to_date TARGET: whether its outputs are there and were built from the sources as they are now.
up_to_date() {
  local sources= identity= path=
  if [ "$1" = native ]; then
    bundled && return 0
  elif published; then
    is_built "$1"
    return
  fi
  { read -r sources && read -r identity && read -r path; } 2>/dev/null <"$artifacts/stamp/$1" || return 1
  [ "$sources" = "$(sources_of "$1")" ] || return 1
  case $1 in
    native) [ -f "$library" ] && [ "$identity" = "$(libtorch_identity "$path")" ] ;;
    *) is_built "$1" ;;
  esac
}

# is_built TARGET: whether the outputs of a managed target are there.
is_built() {
  local dll
  case $1 in
    app) [ -f "$program" ] ;;
    tests) [ -f "$root/MoR.Distributed.sln" ] && while read -r dll; do [ -f "$dll" ] || return 1; done < <(test_programs) ;;
  esac
}

# The compiled test projects of the solution.
test_programs() {
  local project
  while read -r project; do
    printf '%s\n' "$artifacts/bin/$project/release/$project.dll"
  done < <(sed -nE 's/^Project.*"tests[\\/].*[\\/]([^\\/"]+)\.csproj".*/\1/p' "$root/MoR.Distributed.sln")
}

# stamp TARGET SOURCES [IDENTITY PATH]: renamed into place, so a reader never sees half of it.
stamp() {
  printf '%s\n%s\n%s\n' "$2" "${3:--}" "${4:--}" >"$artifacts/stamp/.$1.$$" &&
    mv -f "$artifacts/stamp/.$1.$$" "$artifacts/stamp/$1"
}

# stale TARGET...: sets $wanted to those that must be built; fails when there are none.
stale() {
  local target
  wanted=()
  for target in "$@"; do up_to_date "$target" || wanted+=("$target"); done
  [ ${#wanted[@]} -gt 0 ]
}

# ensure TARGET...: returns when all of them are built from the present sources, or ends the launcher.
ensure() {
  local wanted target
  stale "$@" || return 0
  mkdir -p "$artifacts/stamp" "$artifacts/log" 2>/dev/null && [ -w "$artifacts" ] ||
    die 2 "$artifacts: not writable, and to be built: ${wanted[*]}. Make it writable, or run mor once as its owner."
  trap 'die 130 "interrupted before the build was done; the next start takes it up again"' INT
  trap 'die 143 "terminated before the build was done; the next start takes it up again"' TERM HUP
  take_lock
  stale "$@" # whoever held the lock may have built them
  for target in "${wanted[@]}"; do
    case $target in
      native) build_native ;;
      app) build_managed app src/Program/MoR.Program.csproj "the program" ;;
      tests) build_managed tests MoR.Distributed.sln "the solution" ;;
    esac
    built+=("$target")
  done
  trap - INT TERM HUP
  exec 9>&-
}

# The kernel gives the lock back when its holder dies, also across a network file system.
take_lock() {
  local status
  command -v flock >/dev/null || die 2 "flock was not found. Install util-linux."
  exec 9>>"$artifacts/lock" || die 2 "$artifacts/lock: cannot be opened for writing. Make it writable."
  flock --timeout 2 9
  status=$?
  if [ $status -eq 1 ]; then
    say "another mor is building here ($(cat "$artifacts/lock")); waiting for it"
    flock 9
    status=$?
  fi
  [ $status -eq 0 ] || say "warning: $artifacts/lock: this file system has no locks; start no second mor for now"
  printf 'process %s on %s\n' "$$" "${HOSTNAME:-$(uname -n)}" >"$artifacts/lock"
}

# building TARGET LOG COMMAND...: a build that was cut short may leave half-written files that look newer than their
# sources. Its mark then stays, and the next build of that target starts from nothing.
#
# The subshell keeps the lock while the command runs, even when mor itself is killed; the command does not get it,
# because a compiler server would hold it for minutes. `exit` keeps bash from turning the subshell into the command.
building() {
  local target=$1 log=$2 mark=$artifacts/stamp/$1.unfinished marked=false status
  shift 2
  was_cut_short "$target" && marked=true
  : >"$mark"
  (
    cd "$root" || exit 1
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
    if [ ! -w "${HOME:-/nonexistent}" ]; then
      export HOME=$artifacts/home
      mkdir -p "$HOME"
    fi
    "$@" </dev/null >>"$log" 2>&1 9>&-
    exit $?
  )
  status=$?
  [ $status -eq 0 ] || { [ $status -lt 128 ] && ! $marked; } && rm -f "$mark"
  return $status
}

was_cut_short() {
  [ -e "$artifacts/stamp/$1.unfinished" ]
}

build_native() {
  local log=$artifacts/log/native.log folder=$artifacts/native-build sources identity old=
  install_missing
  sources=$(sources_of native)
  identity=$(libtorch_identity "$libtorch")
  if [ "$(blas_state)" = unused ]; then
    say "warning: OpenBLAS is installed, but Debian's reference BLAS is selected, about 60 times slower." \
      "Choose OpenBLAS: update-alternatives --config libblas.so.3-x86_64-linux-gnu"
  fi
  # CMake remembers paths: a build folder is good for one source folder, one compiler and one libtorch.
  { read -r old <"$folder/.made-for"; } 2>/dev/null
  if was_cut_short native || [ "$old" != "$root $compiler $identity" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    printf '%s\n' "$root $compiler $identity" >"$folder/.made-for"
  fi
  rm -f "$artifacts/stamp/native"
  say "building the native library with $libtorch (log: $log)"
  : >"$log"
  if ! building native "$log" cmake -S native -B "$folder" -DCMAKE_BUILD_TYPE=Release ||
    ! building native "$log" cmake --build "$folder" -j "$(nproc)"; then
    { grep -E 'CMake Error|(error|Error)[ :]' -A 4 "$log" || tail -n 20 "$log"; } | head -n 30 >&2
    die 1 "the native library did not build (log: $log). Mend the errors above, or name another libtorch with LIBTORCH."
  fi
  [ -f "$library" ] || die 1 "the native build left no $library (log: $log)."
  stamp native "$sources" "$identity" "$libtorch"
}

# build_managed TARGET PROJECT NAME. The tests' build is the whole solution, the program included.
build_managed() {
  local target=$1 log=$artifacts/log/$1.log again=() app_sources tests_sources
  ! published || die 2 "$3 is not in this published folder. Publish again; with mor publish --tests the tests come along."
  if was_cut_short app || was_cut_short tests; then again=(--no-incremental); fi
  app_sources=$(sources_of app)
  tests_sources=$(sources_of tests)
  rm -f "$artifacts"/stamp/{app,tests}
  say "building $3 (log: $log)"
  : >"$log"
  if ! building "$target" "$log" "$dotnet" build "$2" -c Release -v quiet "${again[@]}"; then
    { grep -E '(error|Error)[ :]' "$log" || tail -n 20 "$log"; } | sort -u | head -n 20 >&2
    die 1 "$3 did not build (log: $log). Mend the errors above."
  fi
  [ -f "$program" ] || die 1 "the build left no $program (log: $log)."
  stamp app "$app_sources"
  if [ "$target" = tests ]; then
    rm -f "$artifacts/stamp/app.unfinished"
    stamp tests "$tests_sources"
  fi
}
