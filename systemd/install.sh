#!/usr/bin/env bash
# Installs wardtap on a Raspberry Pi or another Debian machine, or takes it off again. Safe to run again and again.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source_dir="$(dirname "$here")"
# shellcheck source=install/say.sh
. "$here/install/say.sh"
# shellcheck source=install/checks.sh
. "$here/install/checks.sh"
# shellcheck source=install/program.sh
. "$here/install/program.sh"
# shellcheck source=install/files.sh
. "$here/install/files.sh"
# shellcheck source=install/remove.sh
. "$here/install/remove.sh"

usage() {
  cat <<'END'
Usage: sudo systemd/install.sh --interface IF [--id ID] [--name NAME] [--dry-run]
       sudo systemd/install.sh --uninstall [--purge] [--dry-run]

Puts wardtap on this machine as a tap that listens on the network port IF. IF must be a port of its own, joined to
the switch's mirror port: wardtap never sends on it, so it can't be the port this machine is reached by.

  --interface IF  the port joined to the mirror (see them all: ip -brief link)
  --id ID         how this tap is told from others: letters, digits, dot, dash, underscore (default: the host name)
  --name NAME     what people call it, "Ward 7" (default: the id)
  --dry-run       say what would be done and change nothing
  --uninstall     stop wardtap and remove it; ledger and configuration stay
  --purge         with --uninstall: remove ledger, configuration and users too
  --root DIR      only put files under DIR, as for an image or a package; starts nothing
  --help          this text

Exit code: 0 done, 1 could not be done, 2 wrong usage or a port that must not be taken.
END
}

interface="" tap_id="" tap_name="" dry_run=no uninstall=no purge=no root=""
while [ $# -gt 0 ]; do
  case "$1" in
    --interface | --id | --name | --root)
      [ $# -ge 2 ] || wrong_usage "$1 needs a value"
      case "$1" in
        --interface) interface="$2" ;;
        --id) tap_id="$2" ;;
        --name) tap_name="$2" ;;
        --root) root="${2%/}" ;;
      esac
      shift
      ;;
    --dry-run) dry_run=yes ;;
    --uninstall) uninstall=yes ;;
    --purge) purge=yes ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) wrong_usage "unknown option $1" ;;
  esac
  shift
done

[ "$purge" = no ] || [ "$uninstall" = yes ] || wrong_usage "--purge goes with --uninstall"
if [ "$dry_run" = no ] && [ -z "$root" ] && [ "$(id -u)" -ne 0 ]; then
  fail "this needs root: sudo $0 ... (or --dry-run to see what it would do)"
fi

if [ "$uninstall" = yes ]; then
  remove_all
  exit 0
fi

tap_id="${tap_id:-$(hostname | tr -c 'A-Za-z0-9._\n-' '-' | cut -c1-64)}"
tap_name="${tap_name:-$tap_id}"
check_names
check_system
check_node
check_interface

install_packages
install_program
install_users_and_pipes
install_network_files
install_config
install_units
start_units

if [ -n "$root" ] || [ "$dry_run" = yes ]; then
  say "Nothing was started."
  exit 0
fi
say ""
say "Done. Within a minute the lights should show:"
say "  HEALTH (green)  slow blink: the tap is running"
say "  MIRROR (blue)   steady: the mirror port works. Slow blink: the cable is in, but the switch is not mirroring"
say "  UPLINK (white)  off, as long as no console is configured in /etc/wardtap/wardtap.toml"
say "  ALERT  (red)    off, until something of medium severity or above is found"
say "Without LEDs: journalctl -u wardtap-agent, or: wardtap status"
say "Every pattern is explained in /usr/lib/wardtap/docs/lights.md"
