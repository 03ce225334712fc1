#!/bin/bash
# Stands in for every tool of the scripts: called by a link that bears the tool's name, or, with BASH_ENV, as functions in
# the script's own process. A refresh is some hundred calls, and a process costs more than all else here: therefore not one
# is started, and the whole world is one file of assignments, read and written again. It lies in the working directory:
#   name          DB_NAME in control file   dirty, backup       needs recovery (crashed, in backup mode)
#   up_n1, up_n2  mode of the instance      mounted             storage that is mounted, as " NAME@NODE "
#   resetlogs     open only with RESETLOGS  restricted, jobs, exclusive, started_as: of instance n1 since STARTUP
#   pdbs          open PDBs                 handles             who has devices open
# Beside it: spfile, its lines, and calls, what was called. $FAIL: number of the call that goes wrong, "N" alone, or "N-"
# and all after it; or a part of it. $HOW: before, after (it acted), kill (the script), or hold (from the pipe `at_gate` to the pipe `gate`).

stand_in() {
  local tool=$1 statement='' line calls status=0
  local name dirty backup up_n1 up_n2 mounted resetlogs restricted jobs exclusive started_as pdbs handles dbid
  shift
  if [ "$tool" = sqlplus ]; then
    while read -r line; do
      case $line in whenever* | 'set '* | exit) ;; *) statement+=${statement:+ }$line ;; esac
    done
  fi
  printf '%s\n' "$tool $*${statement:+ <<< $statement}" >>calls
  mapfile -t calls <calls
  if strikes; then
    case $HOW in
      before) refuse "$tool is broken" 70; return ;;
      kill) kill -9 $$; return 70 ;;
      hold) if [ ! -e held ]; then echo >held; : >at_gate; read -r line <gate; fi ;;
    esac
  fi
  . ./world
  act "$@" || status=$?
  printf "%s='%s'\n" name "$name" dirty "$dirty" backup "$backup" up_n1 "$up_n1" up_n2 "$up_n2" mounted "$mounted" \
    resetlogs "$resetlogs" restricted "$restricted" jobs "$jobs" exclusive "$exclusive" started_as "$started_as" \
    pdbs "$pdbs" handles "$handles" dbid "$dbid" >world
  if [ "$HOW" = after ] && strikes; then status=70; fi
  return "$status"
}

strikes() {
  local number=${#calls[@]}
  case $FAIL in
    '') return 1 ;;
    *[!0-9-]*) [[ ${calls[number - 1]} == *$FAIL* ]] ;;
    *-) [ "$number" -ge "${FAIL%-}" ] ;;
    *) [ "$number" -eq "$FAIL" ] ;;
  esac
}

act() {
  local node
  case $tool in
    sqlplus | nid | srvctl | asmcmd) "tool_$tool" "$@" ;;
    pgrep) [ -n "$up_n1" ] && echo 4711 ;;
    fuser) [ -n "$handles" ] && echo "$handles" ;;
    findmnt) for line in $mounted; do case $line in /*) echo "${line%@*}" ;; esac; done ;;
    umount) dismount_from n1 "$1" ;;
    mount) mounted+="$1@n1 " ;;
    aws) echo "$(<manifest)" ;;
    multipathd) if [ -e no_resize ]; then echo fail; else echo ok; fi ;;
  esac
}

refuse() { echo "$1"; return "${2:-1}"; }
mounted_on() { local each; for each in $GROUPS_NEEDED; do [[ $mounted == *" $each@$1 "* ]] || return 1; done; }
in_use() { local mode=up_$1; [ -n "${!mode}" ] && [ "${!mode}" != nomount ]; }
dismount_from() { # NODE NAME
  [[ $mounted == *" $2@$1 "* ]] || { refuse 'ORA-15001: diskgroup does not exist or is not mounted'; return; }
  ! in_use "$1" || { refuse 'ORA-15027: active use of diskgroup precludes its dismount'; return; }
  mounted=${mounted/ $2@$1 / }
}

tool_sqlplus() {
  case $statement in
    startup*) startup "${statement#startup} "; return ;;
    *'shutdown immediate'*)
      case $up_n1 in
        '') refuse 'ORA-01034: ORACLE not available' 0; return ;;
        mount) echo 'ORA-01109: database not open' ;;
        nomount) echo 'ORA-01507: database not mounted' ;;
      esac
      up_n1='' pdbs=' '
      return ;;
    *'create spfile'*)
      line=${statement#*from pfile=\'}
      echo "$(<"${line%\';}")" >spfile
      return ;;
  esac
  [ -n "$up_n1" ] || { refuse 'ORA-01034: ORACLE not available'; return; }
  case $statement in
    *'decode(status'*) echo "$up_n1" ;;
    *'select name from v$database'*) echo "$name" ;;
    *'select cdb'*) echo YES ;;
    *'from v$pdbs'*) for line in $pdbs; do echo "$line"; done ;;
    *'from v$backup'*) echo "         ${backup:-0}" ;;
    *open_resetlogs*) echo "${resetlogs:-NOT ALLOWED}" ;;
    *'from v$parameter'*) echo "$jobs" ;;
    *'recover automatic'*) backup='' ;;
    *'alter database open resetlogs'*) resetlogs=''; open_database ;;
    *'alter database open'*) open_database ;;
    *'alter pluggable database all open'*) pdbs=' PDB1 PDB2 ' ;;
    *'alter pluggable database "'*) line=${statement#*\"} pdbs+="${line%%\"*} " ;;
    *) refuse "SP2-0734: unknown command $statement" ;;
  esac
}

startup() { # SQL*Plus' STARTUP leaves its exit code alone
  local mode=open file=spfile text
  if { : >&9; } 2>/dev/null; then refuse 'ORA-00600: the instance would keep the lock'; return; fi
  [ -z "$up_n1" ] || { refuse 'ORA-01081: cannot start already-running ORACLE - shut it down first' 0; return; }
  case $1 in *' nomount '*) mode=nomount ;; *' mount '*) mode=mount ;; esac
  restricted='' exclusive=''
  case $1 in *' restrict '*) restricted=yes ;; esac
  case $1 in *"pfile='"*) file=${1#*pfile=\'} file=${file%%\'*} ;; esac
  text=$(<"$file")
  jobs=${text##*job_queue_processes=} jobs=${jobs%%$'\n'*}
  case $text in *cluster_database=false*) exclusive=yes ;; esac
  started_as=${text##*db_name=\'} started_as=${started_as%%\'*}
  up_n1=nomount
  [ "$mode" != nomount ] || return 0
  mounted_on n1 || { refuse 'ORA-00205: error in identifying control file' 0; return; }
  [ "$name" = "$started_as" ] || { refuse 'ORA-01103: database name in control file is not as in parameter' 0; return; }
  up_n1=mount
  [ "$mode" != open ] || open_database
}

open_database() {
  [ -z "$backup" ] || { refuse 'ORA-10873: file 1 needs to be either taken out of backup mode or media recovered'; return; }
  [ -z "$resetlogs" ] || { refuse 'ORA-01589: must use RESETLOGS or NORESETLOGS option for database open'; return; }
  dirty='' up_n1=open pdbs=' PDB1 '
  [ -z "$restricted" ] || up_n1=restrict
}

tool_nid() {
  local new='' log='' word only_name=''
  for word; do
    case $word in DBNAME=*) new=${word#*=} ;; LOGFILE=*) log=${word#*=} ;; SETNAME=YES) only_name=yes ;; esac
  done
  [ "$1" = TARGET=/ ] || { refuse 'NID-00010: Password:'; return; }
  [ "$up_n1" = mount ] && [ -z "$dirty" ] || { refuse 'NID-00135: There are 1 active threads'; return; }
  [ -n "$exclusive" ] || { refuse 'NID-00120: Database should be mounted exclusively'; return; }
  name=${new:-$name}
  [ -n "$only_name" ] || resetlogs=REQUIRED dbid=new
  up_n1=''
  echo 'DBNEWID - Completed succesfully.' >"$log"
}

tool_asmcmd() {
  case $1 in
    lsdg)
      for line in $mounted; do
        case $line in [A-Z]*@n1) echo "MOUNTED  EXTERN  N  512  4096  ${line%@n1}/" ;; esac
      done ;;
    umount) dismount_from n1 "$2" ;;
    mount)
      [[ $mounted != *" $2@n1 "* ]] || { refuse 'ORA-15017: already mounted'; return; }
      mounted+="$2@n1 " ;;
    afd_scan | afd_refresh) ;;
    *) refuse "ASMCMD-8022: unknown command '$1' specified" ;;
  esac
}

tool_srvctl() {
  local words=$* node='' group='' mode='' on='' word text
  for word; do # the words after these
    case $on in -node) node=$word ;; -diskgroup) group=$word ;; -startoption) mode=$word ;; esac
    on=$word
  done
  case $words in
    'status database '*) status_of_instance n1; status_of_instance n2 ;;
    'stop database '*) up_n1='' up_n2='' ;;
    'stop instance '*) case $node in n1) up_n1='' ;; n2) up_n2='' ;; esac ;;
    'start instance '*) start_on "$node" "$mode" ;;
    'start database '*)
      text=$(<spfile)
      [[ $text == *"db_name='$name'"* ]] || { refuse 'CRS-2674: start failed: ORA-01103'; return; }
      start_on n1 open && start_on n2 open ;;
    'modify database '*) ;;
    'status diskgroup '*) status_of_group "$group" ;;
    'stop diskgroup '*)
      for node in n1 n2; do
        [[ $mounted != *" $group@$node "* ]] || dismount_from $node "$group" || return
      done ;;
    'start diskgroup '*)
      for node in ${node:-n1 n2}; do
        [[ $mounted != *" $group@$node "* ]] || { refuse 'CRS-5702: already running'; return; }
        mounted+="$group@$node "
      done ;;
    *) refuse "PRKO-2001: invalid command line syntax: $words" ;;
  esac
}

status_of_instance() { # NODE
  local mode=up_$1
  case ${!mode} in
    '') echo "Instance dev${1#n} is not running on node $1"; return ;;
    open) mode=Open ;;
    mount) mode='Mounted (Closed)' ;;
    *) mode='Restricted Access' ;;
  esac
  echo "Instance dev${1#n} is running on node $1. Instance status: $mode."
}
status_of_group() { # NAME
  local each nodes=''
  for each in $mounted; do
    case $each in "$1"@*) nodes=${each#*@}${nodes:+,$nodes} ;; esac
  done
  if [ -n "$nodes" ]; then echo "Disk Group $1 is running on $nodes"; else echo "Disk Group $1 is not running"; fi
}
start_on() { # NODE MODE
  local running=up_$1
  [ -z "${!running}" ] || { refuse 'PRCC-1015: already running'; return; }
  mounted_on "$1" || { refuse 'CRS-2674: start failed'; return; }
  case $1 in n1) up_n1=$2 ;; n2) up_n2=$2 ;; esac
}

if [ -n "${BASH_ENV:-}" ]; then
  unset BASH_ENV
  pgrep() { stand_in pgrep "$@"; }
  fuser() { stand_in fuser "$@"; }
  findmnt() { stand_in findmnt "$@"; }
  mount() { stand_in mount "$@"; }
  umount() { stand_in umount "$@"; }
  multipathd() { stand_in multipathd "$@"; }
  udevadm() { stand_in udevadm "$@"; }
  rescan-scsi-bus.sh() { stand_in rescan-scsi-bus.sh "$@"; }
  aws() { stand_in aws "$@"; }
  # The scripts start what lies in a home through env, and as another user through runuser.
  env() {
    while [[ $1 = *=* ]]; do shift; done
    set -- "${1##*/}" "${@:2}"
    stand_in "$@"
  }
  runuser() { "${@:4}"; }
elif [ "${0##*/}" = runuser ]; then
  exec "${@:4}"
else
  stand_in "${0##*/}" "$@"
fi
