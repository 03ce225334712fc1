# shellcheck shell=bash
# Nothing runs, nothing is mounted, nobody has a device open. Open handles are seen on this host alone: run it on each.
step_prove() {
  local device
  need STORAGE
  look_at_instances
  [ -z "$INSTANCES" ] || fail "Still running: $(one_line "$INSTANCES")." "Stop $DB_UNIQUE_NAME."
  look_at_storage
  [ -z "$MOUNTED" ] || fail "Still mounted: $(one_line "$MOUNTED")." "Dismount it."
  find_devices
  while read -r device; do
    no_handles "$device" </dev/null
    no_layers "$device" </dev/null
  done <<<"$DEVICES"
  say "nothing runs, nothing is mounted, no device is open on this host"
}

# fuser ends with 1 both when nobody has the file open and when it could not tell; only then it says something.
no_handles() {
  local users status=0
  users=$(fuser "$1" 2>&1) || status=$?
  [ "$status" -ne 1 ] || [ -n "$users" ] || return 0
  [ "$status" -eq 0 ] || fail "Who has $1 open is not known: fuser ended with code $status and said: $users" "Mend that."
  fail "Processes have $1 open: $users" "'fuser -v $1' shows which; end them, or take the volume from this host."
}

# What the kernel has built upon a device is open without any process. Partitions are looked at like the device.
no_layers() {
  local layer kind
  find_map "$1"
  for layer in "$SYS_DIR/$MAP/holders"/*; do
    [ -e "$layer" ] || continue
    kind=''
    read -r kind <"$layer/dm/uuid" || :
    case $kind in
      part*-mpath-*) no_handles "/dev/${layer##*/}" ;;
      *) fail "${layer##*/} (${kind:-not of the device mapper}) is built upon $1." "Take it off first; with LVM, 'vgchange -an'." ;;
    esac
  done
}
