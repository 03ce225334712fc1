# shellcheck shell=bash
# The instance on this host. SQL*Plus logs in by the operating system (`/ as sysdba`), and what it claims is looked at
# afterwards: it does not report a failed STARTUP by its exit code.

# query STATEMENTS: $ANSWER is what they print
query() { tell_sqlplus "$1" 9>&-; }

# sql STATEMENTS: the same, and it is shown
sql() {
  query "$1"
  [ -z "$ANSWER" ] || printf '%s\n' "$ANSWER"
}

# ORA-01109 and ORA-01507 are what SHUTDOWN says of a database that was not open.
tell_sqlplus() {
  local line errors='' status=0
  ANSWER=$(oracle sqlplus -S -L / as sysdba 2>&1 <<<"whenever oserror exit 9
whenever sqlerror exit 1
set heading off feedback off pagesize 0 linesize 32767 trimspool on tab off
$1
exit") || status=$?
  while read -r line; do
    case $line in
      *ORA-01109* | *ORA-01507*) ;;
      *ORA-[0-9]* | *SP2-[0-9]*) errors=yes ;;
    esac
  done <<<"$ANSWER"
  if [ "$status" -ne 0 ] || [ -n "$errors" ]; then
    fail "SQL*Plus ended with code $status on '$1' and said: $ANSWER" "See the alert log of $ORACLE_SID."
  fi
}

# $MODE of the instance $ORACLE_SID: open, restrict, mount, nomount (STARTUP's words), or nothing if it is down.
look_at_instance() {
  local pids status=0
  MODE=''
  pids=$(pgrep -f "^ora_pmon_$ORACLE_SID\$" 2>&1) || status=$?
  case $status in
    0)
      query "select decode(status, 'OPEN', decode(logins, 'RESTRICTED', 'restrict', 'open'),
        'MOUNTED', 'mount', 'nomount') from v\$instance;"
      MODE=$ANSWER
      ;;
    1) ;;
    *) fail "pgrep ended with code $status and said: $pids" "Whether $ORACLE_SID runs is not known; nothing was done." ;;
  esac
}

shut_down_local() {
  look_at_instance
  [ -n "$MODE" ] || return 0
  say "shutting down $ORACLE_SID, which is in mode '$MODE'"
  # Its ORA-01109 is no reason to leave before the instance is down.
  tell_sqlplus 'whenever sqlerror continue
shutdown immediate'
  look_at_instance
  [ -z "$MODE" ] || fail "$ORACLE_SID is still in mode '$MODE' after SHUTDOWN IMMEDIATE." "See its alert log."
}

# start_local OPTIONS...: STARTUP's own
start_local() {
  say "STARTUP $*"
  sql "startup $*"
}

# for_pdbs STATEMENT: where there are any
for_pdbs() {
  query "select cdb from v\$database;"
  if [ "$ANSWER" = YES ]; then sql "$1"; fi
}
