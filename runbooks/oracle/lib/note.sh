# shellcheck shell=bash
# What a run notes on this host, beside $FOUND: what stop found. It is named by the run, so that no other run's is taken
# for it, and stays for 30 days: every step may be repeated, and tells by the note what this run has done.
#   .begun  stop began    .over  restore began    .ora  parameter file    .nid.log  DBNEWID's log

name_note() {
  need REFRESH_RUN
  case $REFRESH_RUN in
    *[!A-Za-z0-9._:-]*) fail "'$REFRESH_RUN' is no name of a run." "Pass on REFRESH_RUN as it came." ;;
  esac
  FOUND=$STATE_DIR/$REFRESH_RUN.$DB_UNIQUE_NAME
}

# forget_old_notes: those of other runs
forget_old_notes() {
  local note
  set --
  for note in "$STATE_DIR"/*".$DB_UNIQUE_NAME" "$STATE_DIR"/*".$DB_UNIQUE_NAME".*; do
    if [ -e "$note" ] && [[ $note != "$FOUND"* ]]; then set -- "$@" "$note"; fi
  done
  [ $# -eq 0 ] || find "$@" -maxdepth 0 -type f -mtime +30 -delete || say "old notes in $STATE_DIR could not be deleted"
}

# stopped_here: the steps after the overwrite touch no database that this run has not stopped
stopped_here() {
  name_note
  [ -e "$FOUND" ] || fail "On this host there is no note of run $REFRESH_RUN." "Run stop first, on this host, in the same run."
  [ ! -e "$FOUND.over" ] ||
    fail "Run $REFRESH_RUN has been aborted: its step restore has been here." "Run the refresh again."
}

# $STOCK: what is there now, in the form in which it is noted
take_stock() {
  STOCK=''
  look_at_instances
  look_at_storage
  look_at_pdbs
  enter instance "$INSTANCES"
  enter storage "$MOUNTED"
  enter pdb "$PDBS"
}

# enter KIND LIST: its lines into $STOCK
enter() {
  local line
  while read -r line; do
    if [ -n "$line" ]; then STOCK+=${STOCK:+$'\n'}"$1 $line"; fi
  done <<<"$2"
}

# as_found: whether $STOCK is what was found. srvctl names nodes in any order.
as_found() {
  local line found=''
  while read -r line; do
    has "$STOCK" "$line" || return 1
    found+=${found:+$'\n'}$line
  done <"$FOUND"
  while read -r line; do has "$found" "$line" || return 1; done <<<"$STOCK"
}
