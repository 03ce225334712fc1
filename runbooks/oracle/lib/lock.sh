# shellcheck shell=bash
# One step of a database at a time on this host. A hook that has timed out may still be at work here when the run goes on
# to the next one: restore must not look while a stop of before is about to shut down.

# run_step: $STEP, once no other step of this database is at work
run_step() {
  local lock holder status=0
  name_database
  [ -d "$STATE_DIR/locks" ] || mkdir -p "$STATE_DIR/locks"
  lock=$STATE_DIR/locks/$DB_UNIQUE_NAME
  # What a step starts has it open too, so that after a kill the lock lasts as long as the command that was under way.
  # Only what starts the database closes it: the instance would keep it for as long as it runs.
  exec 9>>"$lock"
  flock -w "$LOCK_WAIT" 9 || status=$?
  if [ "$status" -gt 1 ]; then fail "flock ended with code $status." "It is part of util-linux and must be on the PATH."; fi
  if [ "$status" -eq 1 ]; then
    read -r holder <"$lock" || holder='of a name that is not noted'
    fail "Another step of $DB_UNIQUE_NAME is at work on this host: $holder. It was waited for $LOCK_WAIT seconds." \
      "'fuser -v $lock' shows its processes; let them end, or end them, and run this step again."
  fi
  # Who has it is only for the message: a full disk must not keep restore from its work.
  printf '%s of run %s\n' "$STEP" "${REFRESH_RUN:-(none)}" 2>/dev/null >"$lock" || :
  "step_$STEP"
}

# Names become parts of file names.
name_database() {
  need DB_UNIQUE_NAME
  case $DB_UNIQUE_NAME in
    *[!A-Za-z0-9_\$#-]*) fail "'$DB_UNIQUE_NAME' is no name of a database." "It is DB_UNIQUE_NAME, as srvctl knows it." ;;
  esac
}
