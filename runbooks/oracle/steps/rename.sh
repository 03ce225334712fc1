# shellcheck shell=bash
# The target's name, and by default a DBID of its own: two databases of one DBID are one to a recovery catalog.
step_rename() {
  need DB_NAME PARAMETER_FILE
  stopped_here
  find_source_name
  if ! renamed && [ "$CHANGE_DBID $SOURCE_DB_NAME" != "no $DB_NAME" ]; then change_name; fi
  look_at_instance
  if [ -z "$MODE" ]; then start_copy "$DB_NAME"; fi
  query "select name from v\$database;"
  [ "$ANSWER" = "$DB_NAME" ] || fail "The database is called $ANSWER, not $DB_NAME." "See $FOUND.nid.log."
  say "the database is called $DB_NAME"
}

# DBNEWID (Oracle Database Utilities): the database must have been shut down consistently and be mounted by one
# instance. A snapshot is what a crash leaves, so it is opened once for recovery, restricted and without jobs.
# TARGET=/ logs in by the operating system; with LOGFILE nothing is asked. It shuts the instance down when it is done.
change_name() {
  look_at_instance
  if [ -z "$MODE" ]; then
    start_copy "$SOURCE_DB_NAME"
    MODE=mount
  fi
  case $MODE in
    mount) open_copy ;;
    restrict) ;;
    *) fail "$ORACLE_SID is in mode '$MODE'; it must be mounted or down." "Run the step parameters first." ;;
  esac
  shut_down_local
  start_copy "$SOURCE_DB_NAME"
  set -- TARGET=/ LOGFILE="$FOUND.nid.log"
  if [ "$SOURCE_DB_NAME" != "$DB_NAME" ]; then set -- "$@" DBNAME="$DB_NAME"; fi
  if [ "$CHANGE_DBID" != yes ]; then set -- "$@" SETNAME=YES; fi
  say "nid $*"
  # DBNEWID writes it as the database's owner.
  install -m 644 -o "$ORACLE_USER" /dev/null "$FOUND.nid.log"
  run "See $FOUND.nid.log; a DBID half changed is taken back with 'nid TARGET=/ REVERT=YES'." oracle nid "$@"
  renamed || fail "$FOUND.nid.log does not say that DBNEWID has completed." \
    "A DBID half changed is taken back with 'nid TARGET=/ REVERT=YES'."
  # It has shut the database down, not everywhere the instance.
  shut_down_local
}
