# shellcheck shell=bash
# The target volumes and their devices on this host.

DEVICES='' MANIFEST=''

ASK_FOR_PAIRS='Pass on REFRESH_PAIRS and REFRESH_MANIFEST as they came.'

# $DEVICES: the multipath device of each target volume, one a line
find_devices() {
  local serial
  [ -z "$DEVICES" ] || return 0
  read_serials "${REFRESH_PAIRS:-}"
  # A run with many pairs does not pass them on.
  if [ -z "$SERIALS" ]; then
    read_manifest "$ASK_FOR_PAIRS"
    read_serials "$MANIFEST"
  fi
  [ -n "$SERIALS" ] || fail "No serial number is in REFRESH_PAIRS, nor in the manifest." "$ASK_FOR_PAIRS"
  for serial in $SERIALS; do
    find_device "$serial"
    DEVICES+=${DEVICES:+$'\n'}$DEVICE
  done
}

# read_serials JSON: $SERIALS are the values of its members "serial", as device names have them. Split at quotes the
# value is the second word after the name; a quote within a text bears a backslash, and so does the word before it.
read_serials() {
  local IFS=\" word last='' before=''
  SERIALS=''
  # Not as patterns of file names.
  set -f
  for word in $1; do
    if [ "$before" = serial ]; then SERIALS+="${word,,} "; fi
    before=$last last=$word
  done
  set +f
}

# 624a9370 is Pure Storage's registered identifier (NAA 6, OUI 24a937); a map with an alias is found by its uuid.
find_device() {
  for DEVICE in "$DEVICE_DIR/3624a9370$1" "/dev/disk/by-id/dm-uuid-mpath-3624a9370$1"; do
    [ ! -e "$DEVICE" ] || return 0
  done
  fail "The volume with serial number $1 has no multipath device on this host." \
    "Connect it to this host, or run this step on a host that has it; 'multipath -ll' lists the devices."
}

# $MAP: the kernel's name of a device, such as dm-3
find_map() {
  MAP=$1
  if [ -L "$1" ]; then MAP=$(readlink -f "$1"); fi
  MAP=${MAP##*/}
}

# read_manifest REMEDY: $MANIFEST is its text
read_manifest() {
  [ -z "$MANIFEST" ] || return 0
  case ${REFRESH_MANIFEST:-} in
    s3://*)
      ask "Give the host's role s3:GetObject on it, and the host the AWS CLI. Or: $1" \
        aws s3 cp --only-show-errors "$REFRESH_MANIFEST" -
      ;;
    /*) ask "A run on the command line writes it on its own machine. $1" cat "$REFRESH_MANIFEST" ;;
    *) fail "REFRESH_MANIFEST is '${REFRESH_MANIFEST:-}'; the manifest cannot be read." "$1" ;;
  esac
  MANIFEST=$ANSWER
}
