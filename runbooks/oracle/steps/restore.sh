# shellcheck shell=bash
# When the run is aborted: mounted and started again as stop found it, and only that. Repeating it is harmless.
step_restore() {
  need STORAGE
  name_note
  # A stop of this run that comes late, out of a queue, must not stop it again. Without room for that the rest is done still.
  : >"$FOUND.over" || say "it could not be noted that this run is over: a stop of it may still come"
  if [ -e "$FOUND" ]; then
    put_back
  elif [ -e "$FOUND.begun" ]; then
    say "stop changed nothing; nothing to put back"
  else
    fail "On this host there is no note of run $REFRESH_RUN." \
      "If stop ran on another host, run restore there. If it did not run, there is nothing to put back."
  fi
}

put_back() {
  local kind name node mode
  look_at_storage
  while read -r kind name node; do
    if [ "$kind" = storage ] && ! has "$MOUNTED" "$name $node"; then
      say "mounting $name on $node"
      mount_storage "$name" "$node" </dev/null
    fi
  done <"$FOUND"
  look_at_instances
  while read -r kind node mode; do
    if [ "$kind" = instance ] && ! has "$INSTANCES" "$node $mode"; then start_instance "$node" "$mode" </dev/null; fi
  done <"$FOUND"
  look_at_instances
  look_at_pdbs
  while read -r kind name; do
    if [ "$kind" = pdb ] && ! has "$PDBS" "$name"; then open_pdb "$name" </dev/null; fi
  done <"$FOUND"
  take_stock
  as_found ||
    fail "It is not as stop found it. Now: $(one_line "$STOCK"). Found: $(one_line "$(<"$FOUND")")." \
      "Bring about what is missing, and run this again."
  say "as it was found"
}
