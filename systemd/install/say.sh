# shellcheck shell=bash
# Words, and doing things in a way that --dry-run and --root can hold back.

say() { printf '%s\n' "$*"; }
fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}
wrong_usage() {
  printf 'install.sh: %s\n' "$*" >&2
  printf 'Try: %s --help\n' "$0" >&2
  exit 2
}

# Something that changes files under the root.
change() {
  if [ "${dry_run:?}" = yes ]; then say "would run: $*"; else "$@"; fi
}

# Something that changes the running system: never done under --root.
change_system() {
  if [ "$dry_run" = yes ]; then
    say "would run: $*"
  elif [ -z "${root:-}" ]; then
    "$@"
  fi
}

# install_file SOURCE TARGET [MODE]: the target is under the root; nothing is said when it is the same already.
install_file() {
  local target="$root$2"
  if [ -f "$target" ] && cmp -s "$1" "$target"; then return 0; fi
  say "$([ "$dry_run" = yes ] && echo "would write" || echo "writing") $target"
  [ "$dry_run" = yes ] || install -D -m "${3:-0644}" "$1" "$target"
}

# fill_file TEMPLATE TARGET [MODE]: the same, with the @WORDS@ of the template replaced.
fill_file() {
  local filled
  filled="$(mktemp)"
  # The values were checked: no slash, no quote, no newline, no ampersand.
  sed -e "s/@INTERFACE@/$interface/g" -e "s/@TAP_ID@/$tap_id/g" -e "s/@TAP_NAME@/$tap_name/g" "$1" >"$filled"
  install_file "$filled" "$2" "${3:-0644}"
  rm -f "$filled"
}
