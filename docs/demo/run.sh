#!/usr/bin/env bash
# Shows the command on a small model.  usage: run.sh COMMAND
set -euo pipefail
command=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"

# Prints a command line, then runs it; a verdict's exit code is no failure.
show() {
  printf '\n$ dimsat'
  local word
  for word; do
    case $word in
      *[!a-zA-Z0-9._=/-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  "$command" "$@" || echo "(exit $?)"
}

echo "A decoder, traced with seq = 16. Its user wants any seq from 1 on:"
grep -E '^(dim|input|guard)' decoder.dims | sed 's/^/  /'
show suggest --source-root . decoder.dims
show suggest --format torch decoder.dims
show ask --assume 'seq % 4 == 0' --assume 'seq >= 2' 'seq * (seq + 1) % 4 == 0'
show ask --assume 'seq % 4 == 0' --assume '2 <= seq < 512' 'seq // 4'
show eval decoder.dims --at 'x=[8,30,64], mask=[8,30]'
