# shellcheck shell=bash
# The copy mounted under the name it came with, with the target's parameters. No job can run from the very first start.
step_parameters() {
  need DB_NAME PARAMETER_FILE
  stopped_here
  if renamed; then
    say "already renamed in this run"
    return
  fi
  find_source_name
  shut_down_local
  start_copy "$SOURCE_DB_NAME"
}

# start_copy DB_NAME: from a file of this run, so that no server parameter file of either side is used
start_copy() {
  write_parameters "$1" job_queue_processes=0 cluster_database=false
  start_local restrict mount "pfile='$FOUND.ora'"
  look_at_instance
  [ "$MODE" = mount ] || fail "$ORACLE_SID is in mode '$MODE', not mounted." "See its alert log."
}

# write_parameters DB_NAME LINE ...: the user's file with these instead of its own lines
write_parameters() {
  local name=$1 keys="db_name|db_unique_name|control_files" line
  shift
  [ -r "$PARAMETER_FILE" ] ||
    fail "The parameter file $PARAMETER_FILE cannot be read." "Write one for the target database, outside of its volumes."
  for line; do keys="$keys|${line%%=*}"; done
  find_control_files
  {
    grep -viE "^[[:space:]]*([^.#=]+\.)?($keys)[[:space:]]*=" "$PARAMETER_FILE" || :
    printf '*.%s\n' "db_name='$name'" "db_unique_name='$DB_UNIQUE_NAME'" "control_files=$CONTROL_FILE_LIST" "$@"
  } >"$FOUND.ora"
  # The instance itself reads it.
  chmod 755 "$STATE_DIR"
  chmod 644 "$FOUND.ora"
}

# Where no parameter says them, the facts in the manifest do.
find_source_name() {
  [ -z "${SOURCE_DB_NAME:-}" ] || return 0
  find_fact db_name '"([^"]*)"'
  SOURCE_DB_NAME=$ANSWER
}

# $CONTROL_FILE_LIST: as a parameter file has them
find_control_files() {
  local quote=\'
  if [ -n "${CONTROL_FILES:-}" ]; then
    CONTROL_FILE_LIST=$quote${CONTROL_FILES//,/$quote,$quote}$quote
  else
    find_fact control_files '\[([^]]*)\]'
    ANSWER=${ANSWER//\"/$quote}
    CONTROL_FILE_LIST=${ANSWER//[[:space:]]/}
  fi
}

# find_fact KEY PATTERN: $ANSWER is it, from the facts that the run has read from the source database
find_fact() {
  local remedy="Set ora_facts in the definition, or give this step the value."
  local shortened='"shortened"[[:space:]]*:[[:space:]]*\[([^]]*)\]'
  local fact="\"$1\"[[:space:]]*:[[:space:]]*$2"
  read_manifest "$remedy"
  if [[ $MANIFEST =~ $shortened && ${BASH_REMATCH[1]} == *"\"$1\""* ]]; then
    fail "$1 is not whole in the manifest: it was too long for a tag." "Give this step the value."
  fi
  if [[ $MANIFEST =~ $fact ]]; then ANSWER=${BASH_REMATCH[1]}; else ANSWER=''; fi
  [ -n "$ANSWER" ] || fail "The manifest $REFRESH_MANIFEST has no $1." "$remedy"
}

# DBNEWID's log is the one witness that outlives a step that was killed after it.
renamed() { grep -q 'Completed succes' "$FOUND.nid.log" 2>/dev/null; }
