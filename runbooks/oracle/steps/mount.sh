# shellcheck shell=bash
# The disk groups and file systems of the copy mounted. They bear production's names.
step_mount() {
  local name
  need STORAGE
  look_at_storage
  for name in $STORAGE; do
    if ! has_first "$MOUNTED" "$name"; then
      say "mounting $name"
      mount_storage "$name"
    fi
  done
  look_at_storage
  for name in $STORAGE; do
    has_first "$MOUNTED" "$name" || fail "$name is not mounted." "Mount it, and run this again."
  done
  say "mounted: $(one_line "$MOUNTED")"
}
