# shellcheck shell=bash
# What must be true before anything is changed.

check_names() {
  [[ "$tap_id" =~ ^[A-Za-z0-9._-]{1,64}$ ]] ||
    wrong_usage "--id may hold letters, digits, dot, dash and underscore, 64 at most"
  [[ "$tap_name" =~ ^[[:alnum:]\ ._,:\(\)-]{1,120}$ ]] ||
    wrong_usage "--name may hold letters, digits, spaces and . , : ( ) - _, 120 at most"
}

check_system() {
  local release="$root/etc/os-release" family=""
  [ ! -r "$release" ] || family="$(sed -n 's/^ID=//p; s/^ID_LIKE=//p' "$release" | tr -d '"' | tr '\n' ' ')"
  case " $family " in
    *" debian "* | *" raspbian "* | *" ubuntu "*) ;;
    *) fail "this is neither Raspberry Pi OS nor another Debian system; see docs/install-pi.md for doing it by hand" ;;
  esac
}

check_node() {
  local major=""
  if command -v node >/dev/null; then major="$(node -p 'process.versions.node.split(".")[0]')"; fi
  case "$major" in
    20 | 22 | 24) return 0 ;;
    "") say "Node is not installed." >&2 ;;
    *) say "Node $major is here; wardtap needs 20, 22 or 24." >&2 ;;
  esac
  say "On Raspberry Pi OS / Debian 13 (trixie): sudo apt-get install nodejs npm" >&2
  say "On 12 (bookworm) Debian's own Node is too old: install Node 22 from your organisation's package mirror," >&2
  say "or unpack an official Node archive into /usr/local. Then run this again." >&2
  fail "no usable Node"
}

list_interfaces() {
  local name state rest
  ip -brief link 2>/dev/null | while read -r name state rest; do
    name="${name%%@*}"
    [ "$name" = lo ] || say "  $name  ($state)  ${rest%% *}" >&2
  done
}

refuse_interface() {
  printf 'install.sh: %s can not be the mirror port: %s\n' "$interface" "$1" >&2
  say "Plug a second network adapter (USB will do) into this machine, join that to the mirror port, and name it." >&2
  say "Ports of this machine:" >&2
  list_interfaces
  exit 2
}

# wardtap silences the port it listens on: taking the one that carries this machine's own traffic would cut it off.
check_interface() {
  if [ -z "$interface" ]; then
    say "Which port is joined to the mirror? Ports of this machine:" >&2
    list_interfaces
    wrong_usage "--interface is missing"
  fi
  [[ "$interface" =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$ ]] || wrong_usage "$interface is not an interface name"
  [ "$interface" != lo ] || refuse_interface "it is the loopback interface."
  # An image or a package is made on another machine than it runs on.
  [ -z "$root" ] || return 0
  [ -d "/sys/class/net/$interface" ] || refuse_interface "there is no such port."
  if [ -e "/sys/class/net/$interface/wireless" ] || [ -e "/sys/class/net/$interface/phy80211" ]; then
    refuse_interface "it is wireless; a mirror port needs a cable."
  fi
  if [ -e "/sys/class/net/$interface/master" ]; then
    refuse_interface "it is part of a bridge or bond, which would send on it."
  fi
  if { ip -o route show default dev "$interface"; ip -o -6 route show default dev "$interface"; } 2>/dev/null | grep -q .; then
    refuse_interface "this machine's own traffic leaves by it (it carries the default route)."
  fi
  local address
  address="$(ip -o address show dev "$interface" scope global 2>/dev/null | awk '{print $4; exit}')"
  [ -z "$address" ] || refuse_interface "it has the address $address, so something uses it."
}
