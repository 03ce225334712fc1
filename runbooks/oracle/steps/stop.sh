# shellcheck shell=bash
# Before the overwrite: the database down, its storage dismounted, and proof of both. A failure puts all back.
step_stop() {
  local name backwards=''
  need STORAGE
  name_note
  [ ! -e "$FOUND.over" ] ||
    fail "The step restore of run $REFRESH_RUN has been here; this run is over." "Begin another, by hand with another REFRESH_RUN."
  # Tells step_restore that a run without a note began here and changed nothing.
  : >"$FOUND.begun"
  forget_old_notes
  # Better missed now than when the database is down.
  find_devices
  note_stock
  trap put_back_after_failure EXIT
  stop_instances
  look_at_storage
  for name in $STORAGE; do backwards="$name $backwards"; done
  for name in $backwards; do
    if has_first "$MOUNTED" "$name"; then
      say "dismounting $name"
      dismount "$name"
    fi
  done
  step_prove
  trap - EXIT
}

# What the first look of this run found stays noted, however often the step is repeated.
note_stock() {
  if [ -e "$FOUND" ]; then
    say "found earlier in this run: $(one_line "$(<"$FOUND")")"
  else
    take_stock
    printf '%s\n' "$STOCK" >"$FOUND.new"
    mv "$FOUND.new" "$FOUND"
    say "found: $(one_line "$STOCK")"
  fi
}

put_back_after_failure() {
  local code=$?
  trap - EXIT
  [ "$code" -ne 0 ] || code=1
  say "failed; putting back what was found" >&2
  # Not as a condition, in which bash would carry on after an error.
  set +e
  (
    set -e
    put_back
  )
  local back=$?
  [ "$back" -eq 0 ] || say "not everything is back; the step restore of this run does the rest" >&2
  exit "$code"
}
