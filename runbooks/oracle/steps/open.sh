# shellcheck shell=bash
# Open for all: started anew everywhere as the user's parameter file says, jobs included.
step_open() {
  local where
  need DB_NAME PARAMETER_FILE
  stopped_here
  look_at_instance
  if [ "$MODE" != open ]; then
    shut_down_local
    write_parameters "$DB_NAME"
    where=${SPFILE:+"='$SPFILE'"}
    sql "create spfile$where from pfile='$FOUND.ora';"
    register_spfile
  fi
  start_everywhere
  look_at_instances
  [ -z "$MISSING" ] || fail "$MISSING" "See the alert log there, and run this again."
  look_at_instance
  [ "$MODE" = open ] || fail "$ORACLE_SID is in mode '$MODE', not open for all." "See its alert log, and run this again."
  open_all_pdbs
  say "$DB_NAME is open for all"
}
