# shellcheck shell=bash
# Open for administrators alone, without jobs: the moment for masking. In a cluster on this node only.
step_restrict() {
  local jobs
  need DB_NAME PARAMETER_FILE
  stopped_here
  look_at_instance
  case $MODE in
    open) fail "$ORACLE_SID is open for all." "Too late to restrict it; run the refresh again if nobody may have seen it." ;;
    '') start_copy "$DB_NAME" ;;
  esac
  if [ "$MODE" != restrict ]; then open_copy; fi
  for_pdbs 'alter pluggable database all open restricted;'
  query "select value from v\$parameter where name = 'job_queue_processes';"
  jobs=$ANSWER
  look_at_instance
  [ "$MODE $jobs" = 'restrict 0' ] ||
    fail "$ORACLE_SID is in mode '$MODE' with job_queue_processes=$jobs." "It must be restricted, with 0. See its alert log."
  say "open, restricted, no jobs: ready for masking"
}

# A snapshot that was taken in backup mode is recovered first: its redo came with it (ALTER DATABASE RECOVER asks nothing).
# A changed DBID needs RESETLOGS once; a changed name alone does not (Oracle Database Utilities, DBNEWID).
open_copy() {
  query "select count(*) from v\$backup where status = 'ACTIVE';"
  if [ "${ANSWER//[[:space:]]/}" != 0 ]; then sql 'alter database recover automatic database;'; fi
  query "select open_resetlogs from v\$database;"
  if [ "$ANSWER" = REQUIRED ]; then
    sql 'alter database open resetlogs;'
  else
    sql 'alter database open;'
  fi
}
