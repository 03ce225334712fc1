# shellcheck shell=bash
# After the volumes have been written, on every node: the operating system sees the sizes and labels that they have now.
step_rescan() {
  local device
  find_devices
  say "rescanning the SCSI bus for changed sizes"
  run "See 'dmesg'." rescan-scsi-bus.sh -s
  while read -r device; do resize_map "$device" </dev/null; done <<<"$DEVICES"
  say "letting udev look at the devices"
  run "See 'udevadm info'." udevadm trigger --subsystem-match=block --action=change
  run "See 'udevadm monitor'." udevadm settle --timeout=120
  if [ "$DISCOVERY" = afd ]; then
    # The labels come with the copy: afd_scan finds disks by them, afd_refresh forgets the ones that were there before.
    # Oracle ASM Administrator's Guide, ASMCMD Oracle ASM Filter Driver commands; afd_refresh from 12.2.
    say "letting the ASM Filter Driver look at the labels"
    run "See 'asmcmd afd_state' and 'asmcmd afd_dsget'." grid asmcmd afd_scan
    run "See 'asmcmd afd_state' and 'asmcmd afd_dsget'." grid asmcmd afd_refresh
  fi
}

# By the kernel's name, which is right whether the map has an alias or not.
resize_map() {
  find_map "$1"
  say "taking over the size of $1 ($MAP)"
  run "'multipathd show maps' lists the maps." multipathd resize map "$MAP"
  # Older versions say "fail" and end with 0.
  case $ANSWER in fail*) fail "'multipathd resize map $MAP' said: $ANSWER" "'multipathd show maps' lists the maps." ;; esac
}
