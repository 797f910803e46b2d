# What the launcher says, and how it ends. Sourced by mor.

say() {
  printf 'mor: %s\n' "$*" >&2
}

json_string() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\t'/\\t}
  printf '"%s"' "${text//[[:cntrl:]]/ }"
}

counting=false # whether this is the gate, whose last line is a count whatever happens

# die CODE MESSAGE: one message on stderr, and under --json one object on the last line of stdout.
die() {
  say "$2"
  if $json; then
    printf '{"error": {"message": %s, "exit_code": %d}}\n' "$(json_string "$2")" "$1"
  fi
  if $counting; then echo '0 passed, 1 failed, 0 skipped'; fi
  exit "$1"
}
