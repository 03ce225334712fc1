# shellcheck shell=bash
# One instance: SQL*Plus for the database, asmcmd for disk groups, mount for file systems.
# Oracle Restart takes a SHUTDOWN in SQL*Plus for intended and does not start the database again.

# $INSTANCES: the running one, as "NODE MODE"; $MISSING: where none runs that should. All of them are in the one.
look_at_instances() {
  look_at_instance
  INSTANCES=${MODE:+here $MODE} MISSING=''
}

stop_instances() { shut_down_local; }

# start_instance NODE MODE
start_instance() {
  shut_down_local
  start_local "$2"
}

start_everywhere() {
  look_at_instance
  [ -n "$MODE" ] || start_local open
}

register_spfile() { :; }

# $PDBS: one without a saved state stays closed after STARTUP, so it is noted which were open
look_at_pdbs() {
  PDBS=''
  case $INSTANCES in
    *open | *restrict)
      query "select name from v\$pdbs where open_mode like 'READ WRITE%' and name <> 'PDB\$SEED' order by name;"
      PDBS=$ANSWER
      ;;
  esac
}

open_pdb() { sql "alter pluggable database \"$1\" open;"; }
open_all_pdbs() { for_pdbs 'alter pluggable database all open;'; }

# $MOUNTED: those of $STORAGE that are mounted, as "NAME NODE". Who has no disk groups may have no ASM to ask.
look_at_storage() {
  local list='' line name
  case " $STORAGE" in
    *' '[!/\ ]*)
      ask "The ASM instance $ASM_SID must run." grid asmcmd lsdg --suppressheader
      while read -r line; do
        # The name is the last column, with a slash behind it.
        case $line in MOUNTED\ *) line=${line##* } list+=${line%/}$'\n' ;; esac
      done <<<"$ANSWER"
      ;;
  esac
  case " $STORAGE" in
    *' /'*)
      ask "See 'findmnt'." findmnt -rn -o TARGET
      list+=$ANSWER
      ;;
  esac
  MOUNTED=''
  for name in $STORAGE; do
    if has "$list" "$name"; then MOUNTED+=${MOUNTED:+$'\n'}"$name here"; fi
  done
}

dismount() {
  case $1 in
    /*) run "'fuser -vm $1' shows who uses it." umount "$1" ;;
    *) run "'asmcmd lsof -G $1' shows what is open in it; what is not of this database belongs elsewhere." \
      grid asmcmd umount "$1" ;;
  esac
}

mount_storage() {
  case $1 in
    /*) run "It must be in /etc/fstab, and its device must hold a file system." mount "$1" ;;
    *) run "'asmcmd lsdsk --candidate -p' and '--member' show which disks ASM finds." grid asmcmd mount "$1" ;;
  esac
}
