#!/bin/bash
# run.sh single|rac STEP: a step by hand, with its values in the environment. docs/runbook-oracle.md names them.
set -euo pipefail
here=${0%/*}
[ "$here" != "$0" ] || here=.
TOPOLOGY=${1:-} STEP=${2:-}
if [ ! -e "$here/$TOPOLOGY.sh" ] || [ ! -e "$here/steps/$STEP.sh" ]; then
  printf 'Usage: %s single|rac STEP\n' "$0" >&2
  exit 2
fi
for file in "$here"/lib/*.sh "$here/$TOPOLOGY.sh" "$here"/steps/*.sh; do . "$file"; done
run_step
