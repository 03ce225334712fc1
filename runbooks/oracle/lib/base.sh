# shellcheck shell=bash
# What every step shares. A function that asks leaves its answer in a variable, named in capitals: within $( ) a failure
# would end the inner shell alone, and every such shell costs time.

# srvctl and asmcmd speak the language of the session; their answers are read here.
export LC_ALL=C NLS_LANG=AMERICAN_AMERICA.AL32UTF8

: "${ORACLE_USER:=oracle}" "${GRID_USER:=grid}" "${ASM_SID:=+ASM}" "${STATE_DIR:=/var/lib/flasharray-refresh}"
: "${DEVICE_DIR:=/dev/mapper}" "${SYS_DIR:=/sys/class/block}" "${DISCOVERY:=udev}" "${CHANGE_DBID:=yes}"
: "${LOCK_WAIT:=900}"

say() { printf '%s: %s\n' "$STEP" "$*"; }

# fail FOUND REMEDY
fail() {
  printf '%s: %s\n%s: %s\n' "$STEP" "$1" "$STEP" "$2" >&2
  exit 1
}

# need VARIABLE ...: what this step cannot do without
need() {
  local variable
  for variable; do
    [ -n "${!variable:-}" ] || fail "$variable is empty." "Give this step a value for it."
  done
}

# ask REMEDY COMMAND ...: $ANSWER is what it says; a failure carries the command and its own words
ask() {
  local remedy=$1
  shift
  ANSWER=$("$@" 2>&1) || fail "'$*' ended with code $? and said: $ANSWER" "$remedy"
}

# run REMEDY COMMAND ...: the same, and its words are shown
run() {
  ask "$@"
  [ -z "$ANSWER" ] || printf '%s\n' "$ANSWER"
}

# as USER HOME SID COMMAND ...: who is not root is taken for the owner
as() {
  local user=$1 home=$2 sid=$3 command=$4
  shift 4
  set -- env ORACLE_HOME="$home" ORACLE_SID="$sid" "$home/bin/$command" "$@"
  [ "$EUID" -ne 0 ] || set -- runuser -u "$user" -- "$@"
  "$@"
}

oracle() { as "$ORACLE_USER" "$ORACLE_HOME" "$ORACLE_SID" "$@"; }
grid() { as "$GRID_USER" "$GRID_HOME" "$ASM_SID" "$@"; }

# has LIST LINE: whether it is one of the lines
has() { [[ $'\n'$1$'\n' == *$'\n'"$2"$'\n'* ]]; }

# has_first LIST WORD: whether it is the first word of a line
has_first() { [[ $'\n'$1 == *$'\n'"$2 "* ]]; }

# one_line LIST: its lines behind commas
one_line() { printf '%s\n' "${1//$'\n'/, }"; }
