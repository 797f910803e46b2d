# ./mor test: builds the solution and runs every test project of it. Sourced by mor.

test_usage() {
  cat <<USAGE
usage: mor test [TIER] [FILTER] [--format]
       mor test --list-tiers

  TIER      a named tier (see --list-tiers); without one, the tests that belong to no tier
  FILTER    a part of a test's full name, such as Cluster or A_dead_node
  --format  also check the whitespace of the C# source (dotnet format)

environment: MOR_TEST_DATA     folder of real data (default: ../shared/data beside the repository; absent: tests skip)
             MOR_TEST_TIMEOUT  minutes for one test (default 15); three times that for a project of the untiered tests
             MOR_CHAOS_SEED    seeds of the chaos tier, as 17 or 1..10,17 (default 1..100); its outcomes, a line for each
                               run, are added to artifacts/chaos.txt
USAGE
}

tiers() {
  sed -E '/^(#|$)/d' "$root/tests/tiers.txt"
}

passed=0 failed=0 skipped=0

# count PASSED FAILED SKIPPED NAME SECONDS: one line for people, and into the sum.
count() {
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  printf '%-28s %5d passed %4d failed %4d skipped %6.1f s\n' "$4" "$1" "$2" "$3" "$5" >&2
}

# The vstest expression for $tier and $filter.
test_expression() {
  local expression='' name
  if [ -n "$tier" ]; then
    expression="Tier=$tier"
  else
    while read -r name _; do expression+="${expression:+&}Tier!=$name"; done < <(tiers)
  fi
  # vstest reads these characters as operators.
  [ -z "$filter" ] || expression+="&FullyQualifiedName~$(printf '%s' "$filter" | sed -E 's/[\\()&|=!~]/\\&/g')"
  printf '%s' "$expression"
}

trx_count() {
  grep -oE "<Counters [^>]*" "$1" 2>/dev/null | grep -oE " $2=\"[0-9]+\"" | grep -oE '[0-9]+' || echo 0
}

skip_reasons() {
  sed -n '/outcome="NotExecuted"/,/<\/UnitTestResult>/s/.*<Message>\(.*\)<\/Message>.*/skipped: \1/p' "$1" | sort | uniq -c
}

# test_command DLL NAME: sets $run to what runs a test project. A published folder has the SDK's runner without the SDK.
test_command() {
  local outputs=("trx;LogFileName=$2.trx" 'console;verbosity=minimal')
  if published; then
    run=("$dotnet" exec "$artifacts/runtime/vstest/vstest.console.dll" "$1" "--testCaseFilter:$(test_expression)"
      "--resultsDirectory:$folder" "${outputs[@]/#/--logger:}"
      "--blame:CollectHangDump;TestTimeout=${timeout_minutes}m;HangDumpType=none")
  else
    run=("$dotnet" test "$1" --filter "$(test_expression)" --results-directory "$folder"
      --logger "${outputs[0]}" --logger "${outputs[1]}"
      --blame-hang --blame-hang-timeout "${timeout_minutes}m" --blame-hang-dump-type none)
  fi
}

run_project() {
  local dll=$1 name=${1##*/} log status limit run start=$EPOCHREALTIME
  name=${name%.dll}
  log=$folder/$name.log
  limit=$((3 * timeout_minutes))m
  [ -z "$tier" ] || limit=12h # a tier may be long; one test of it still may not hang
  test_command "$dll" "$name"
  set -m # a process group of its own, by which all that its tests start can be ended
  timeout --kill-after 30 "$limit" "${run[@]}" </dev/null >"$log" 2>&1 &
  running=$!
  set +m
  wait "$running"
  status=$?
  end_running

  local total good bad
  total=$(trx_count "$folder/$name.trx" total)
  good=$(trx_count "$folder/$name.trx" passed)
  bad=$(($(trx_count "$folder/$name.trx" failed) + $(trx_count "$folder/$name.trx" error) +
    $(trx_count "$folder/$name.trx" timeout) + $(trx_count "$folder/$name.trx" aborted)))
  if [ $status -ne 0 ]; then
    # A run that crashed, hung or never began counts as a failure of its own.
    if [ $bad -eq 0 ] || grep -qiE 'test run (was )?aborted' "$log"; then
      bad=$((bad + 1)) total=$((total + 1))
    fi
    [ $status -ne 124 ] || printf 'mor: %s ran for more than %s and was ended.\n' "$name" "$limit" >>"$log"
    {
      printf '\n--- %s (log: %s)\n' "$name" "$log"
      grep -vE '^(VSTest version|Starting test execution|A total of|$)' "$log"
    } >&2
  fi
  [ "$total" -gt 0 ] || return 0
  count "$good" "$bad" "$((total - good - bad))" "$name" "$(elapsed "$start")"
  skip_reasons "$folder/$name.trx" >&2
}

# Ends what tests that were stopped, or crashed, have left running.
end_running() {
  [ -n "$running" ] || return 0
  kill -KILL -- "-$running" 2>/dev/null
  running=
}

elapsed() {
  awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

# run_check NAME COMMAND...: counts what the last line of the command counts, else the command as one.
run_check() {
  local name=$1 log=$folder/$1.log start=$EPOCHREALTIME status good bad
  shift
  "$@" </dev/null >"$log" 2>&1
  status=$?
  read -r good bad < <(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed, .*/\1 \2/p' "$log")
  if [ $status -eq 0 ]; then
    good=${good:-1} bad=${bad:-0}
  else
    [ "${bad:-0}" -gt 0 ] || bad=1
    printf '\n--- %s (log: %s)\n' "$name" "$log" >&2
    tail -n 60 "$log" >&2
  fi
  count "${good:-0}" "$bad" 0 "$name" "$(elapsed "$start")"
}

# The tests that apply exported adapters in PyTorch are skipped without Debian's python3-torch (9 MB beside the libtorch
# that is here). A run of all tests installs it where that needs no question; that it cannot fails nothing.
install_test_packages() {
  local log=$artifacts/log/install-tests.log
  [ -z "${LIBTORCH:-}" ] && ! on_terminal && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
  [ "$(dpkg-query -W -f '${db:Status-Status}' python3-torch 2>/dev/null)" != installed ] && find_root || return 0
  say "installing python3-torch, for the tests that use PyTorch (log: $log)"
  mkdir -p "${log%/*}"
  : >"$log"
  apt_get update || say "warning: apt-get update failed; trying with the package lists that are here"
  apt_get install -y --no-install-recommends python3-torch ||
    say "warning: apt-get could not install python3-torch (log: $log); the tests that use it are skipped"
}

run_tests() {
  local argument tier= filter= format=false dll folder running=
  local timeout_minutes=${MOR_TEST_TIMEOUT:-15}
  for argument in "$@"; do
    case $argument in
      -h | --help) test_usage; exit 0 ;;
      --list-tiers) tiers; exit 0 ;;
      --format) format=true ;;
      -*) die 2 "mor test: $argument is not an option. mor test --help lists them." ;;
      *)
        if [ -z "$tier$filter" ] && tiers | grep -q "^$argument "; then tier=$argument
        elif [ -z "$filter" ]; then filter=$argument
        else die 2 "mor test: $argument is one argument too many. Give at most a tier and a part of a test's name."
        fi ;;
    esac
  done
  [[ $timeout_minutes =~ ^[1-9][0-9]*$ ]] ||
    die 2 "MOR_TEST_TIMEOUT: '$timeout_minutes' is not a number of minutes, 1 or more. Unset it for 15."
  [ -z "${MOR_TEST_DATA:-}" ] || { MOR_TEST_DATA=$(realpath -m -- "$MOR_TEST_DATA"); export MOR_TEST_DATA; }

  counting=true
  if published && $format; then die 2 "mor test: --format needs the SDK, which a published folder does not hold."; fi
  find_dotnet || die 2 "$(dotnet_missing)"
  [ "${MOR_SKIP_BUILD:-0}" = 1 ] || ensure native tests
  [ -n "$tier$filter" ] || install_test_packages
  trap 'end_running; die 130 "interrupted; what ran until then is in $folder"' INT
  trap 'end_running; die 143 "terminated; what ran until then is in $folder"' TERM HUP
  mkdir -p "$artifacts/test-results"
  folder=$(mktemp -d "$artifacts/test-results/$(date +%Y%m%d-%H%M%S)-XXXX") # two gates may run at once

  # Code style and analyzers are errors of the build already.
  $format && run_check format "$dotnet" format whitespace "$root/MoR.Distributed.sln" --no-restore --verify-no-changes
  if [ -z "$tier" ] && [[ launcher == *"${filter,,}"* ]]; then
    run_check launcher bash "$root/tests/launcher.sh"
  fi
  while read -r dll; do run_project "$dll"; done < <(test_programs)

  if [ $((passed + failed)) -eq 0 ]; then
    say "no test ran for tier '${tier:-none}' and filter '${filter:-none}'; a gate that tests nothing is no gate"
    printf '%d passed, %d failed, %d skipped\n' 0 1 "$skipped"
    exit 1
  fi
  [ "$failed" -gt 0 ] || rm -rf "$folder"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] || exit 1
}
