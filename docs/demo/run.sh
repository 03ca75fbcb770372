#!/usr/bin/env bash
# Shows the command on a model that PyTorch 2.13 refused to export.  decoder.json and
# PyTorch's messages were captured by capture.py.  usage: run.sh COMMAND
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

echo "The user of decoder.py promises that four sizes are free:"
sed -n '/^promised/,/^}/s/^    /  /p' decoder.py
echo
echo "PyTorch 2.13 refuses ($(grep -c '^  - ' pytorch.txt) complaints) and suggests:"
sed '1,/^Suggested fixes/d' pytorch.txt
echo
echo "With these fixes applied it refuses again, and suggests nothing:"
grep '^  - ' pytorch_again.txt | sed 's/^  - //' | fold -s -w 88 |
  sed 's/^/  /; s/ *$//'
echo
echo "dimsat reads the guards of the same export:"
show suggest --source-root . decoder.json
echo
echo "The same for PyTorch; with these fixes the export succeeds (apply.py):"
show suggest --format torch decoder.json
echo
echo "Guard 4 of decoder.json looks odd; does it refuse any multiple of 4 from 8 on?"
show ask --assume 'seq % 4 == 0' --assume 'seq >= 8' 'seq // (seq // 4) == 4'
echo
echo "And which promise would these sizes break?"
show eval decoder.json --at 'x=[30,64], mask=[30], coarse=[15,64], memory=[512,64]'
