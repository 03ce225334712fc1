# shellcheck shell=bash
# A RAC database: srvctl for instances and disk groups on all nodes. The options are those of 12.1 and later.

# $INSTANCES: the running ones, as "NODE MODE"; $MISSING: srvctl's words about the others. Its exit code does not tell
# "not running" from "not known"; the words do. Only a mode that -startoption can bring back is taken for known.
look_at_instances() {
  local line node
  INSTANCES='' MISSING=''
  ANSWER=$(oracle srvctl status database -db "$DB_UNIQUE_NAME" -verbose 2>&1) || :
  while read -r line; do
    case $line in
      'Instance '*' is not running on node '*)
        MISSING+=${MISSING:+$'\n'}$line
        continue
        ;;
      'Instance '*' is running on node '*) node=${line##* is running on node } node=${node%%[ .]*} ;;
      *) fail "srvctl does not say on which nodes $DB_UNIQUE_NAME runs, but: $ANSWER" \
        "Clusterware must be up and the database registered; nothing is done without knowing." ;;
    esac
    line=${line##*Instance status: } line=${line%.}
    case $line in
      Open | Open,HOME=*) line=open ;;
      'Mounted (Closed)') line=mount ;;
      *) fail "An instance is neither open nor mounted: $ANSWER" "Open it or stop it, then run this again." ;;
    esac
    INSTANCES+=${INSTANCES:+$'\n'}"$node $line"
  done <<<"$ANSWER"
}

stop_instances() {
  look_at_instances
  [ -n "$INSTANCES" ] || return 0
  say "stopping $DB_UNIQUE_NAME on $(one_line "$INSTANCES")"
  run "See the alert logs; sessions that do not end keep IMMEDIATE waiting." \
    oracle srvctl stop database -db "$DB_UNIQUE_NAME" -stopoption immediate
}

# start_instance NODE MODE
start_instance() {
  look_at_instances
  if has_first "$INSTANCES" "$1"; then
    run "See the alert log on $1." oracle srvctl stop instance -db "$DB_UNIQUE_NAME" -node "$1" -stopoption immediate
  fi
  say "starting $DB_UNIQUE_NAME on $1, mode '$2'"
  run "See the alert log on $1." oracle srvctl start instance -db "$DB_UNIQUE_NAME" -node "$1" -startoption "$2"
}

start_everywhere() {
  look_at_instances
  [ -n "$MISSING" ] || return 0
  say "starting $DB_UNIQUE_NAME on all nodes"
  run "See the alert logs." oracle srvctl start database -db "$DB_UNIQUE_NAME"
}

register_spfile() {
  need SPFILE
  run "The database must be registered." oracle srvctl modify database -db "$DB_UNIQUE_NAME" -spfile "$SPFILE"
}

# In a cluster PDBs are opened by their services or their saved state.
look_at_pdbs() { PDBS=''; }
open_pdb() { :; }
open_all_pdbs() { for_pdbs 'alter pluggable database all open instances=all;'; }

# $MOUNTED: those of $STORAGE that are mounted anywhere, as "NAME NODE", one a node
look_at_storage() {
  local name nodes node
  MOUNTED=''
  for name in $STORAGE; do
    ANSWER=$(grid srvctl status diskgroup -diskgroup "$name" 2>&1) || :
    case $ANSWER in
      *' is running on '*)
        nodes=${ANSWER##* is running on }
        for node in ${nodes//[,.]/ }; do MOUNTED+=${MOUNTED:+$'\n'}"$name $node"; done
        ;;
      *' is not running'*) ;;
      *) fail "srvctl does not say where disk group $name is mounted, but: $ANSWER" \
        "The disk group must be a resource of the cluster: 'srvctl config diskgroup -diskgroup $name'." ;;
    esac
  done
}

# Never with -force: that takes the disk group away from other databases.
dismount() {
  run "'asmcmd lsof -G $1' on each node shows what is open in it; what is not of this database belongs elsewhere." \
    grid srvctl stop diskgroup -diskgroup "$1"
}

# mount_storage NAME [NODE]
mount_storage() {
  if [ -n "${2:-}" ]; then set -- "$1" -node "$2"; fi
  run "Run the step rescan on every node; 'asmcmd lsdsk --member' shows which disks ASM finds." \
    grid srvctl start diskgroup -diskgroup "$@"
}
