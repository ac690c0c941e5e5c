# shellcheck shell=bash
# Users, pipes, network files, configuration and units.

install_users_and_pipes() {
  install_file "$here/sysusers.conf" /usr/lib/sysusers.d/wardtap.conf
  install_file "$here/tmpfiles.conf" /usr/lib/tmpfiles.d/wardtap.conf
  fill_file "$here/tmpfiles-interface.conf" "/etc/tmpfiles.d/wardtap-$interface.conf"
  change_system systemd-sysusers wardtap.conf
  change_system systemd-tmpfiles --create wardtap.conf "wardtap-$interface.conf"
}

# Whoever manages the network must leave the port alone. Files for a manager that isn't there do no harm.
install_network_files() {
  fill_file "$here/network/10-wardtap-mirror.network" "/etc/systemd/network/10-wardtap-$interface.network"
  fill_file "$here/network/wardtap-mirror-nm.conf" "/etc/NetworkManager/conf.d/wardtap-$interface.conf"
  if [ -f "$root/etc/dhcpcd.conf" ] && ! grep -q "^denyinterfaces $interface # wardtap$" "$root/etc/dhcpcd.conf"; then
    say "telling dhcpcd to leave $interface alone"
    # Before the first line: at the end it could fall into an interface's own block.
    change sed -i "1i denyinterfaces $interface # wardtap" "$root/etc/dhcpcd.conf"
  fi
  if service_is_active NetworkManager; then change_system systemctl reload NetworkManager; fi
  if service_is_active systemd-networkd; then change_system networkctl reload; fi
  if service_is_active dhcpcd; then change_system systemctl restart dhcpcd; fi
}

service_is_active() { [ -z "$root" ] && systemctl is-active --quiet "$1" 2>/dev/null; }

# An existing configuration is never touched.
install_config() {
  local target="$root/etc/wardtap/wardtap.toml"
  if [ -e "$target" ]; then
    grep -q "\"$interface\"" "$target" ||
      say "Attention: $target is kept, but it does not name the interface $interface: add it to interfaces under [capture]"
    return 0
  fi
  fill_file "$here/wardtap.toml" /etc/wardtap/wardtap.toml 0640
  change_system chgrp wardtap "$target"
}

install_units() {
  local unit
  for unit in "$here"/units/wardtap-*; do
    case "$unit" in
      # The console runs on the hospital's server, not on a tap.
      *wardtap-console.service) continue ;;
    esac
    install_file "$unit" "/usr/lib/systemd/system/$(basename "$unit")"
  done
  fill_file "$here/network/agent-keeps-off.conf" "/etc/systemd/system/wardtap-agent.service.d/keep-off-$interface.conf"
}

start_units() {
  local instance
  instance="$(systemd-escape "$interface" 2>/dev/null || printf '%s' "$interface")"
  change_system systemctl daemon-reload
  change_system systemctl enable --quiet "wardtap-sniffer@$instance.service" wardtap-agent.service wardtap-shutdown.path
  # The mirror port first, the reader of the pipe second, the sniffer last.
  change_system systemctl restart "wardtap-mirror@$instance.service" ||
    fail "the mirror port could not be silenced, so nothing listens on it: journalctl -u wardtap-mirror@$instance"
  change_system systemctl restart wardtap-agent.service wardtap-shutdown.path
  change_system systemctl restart "wardtap-sniffer@$instance.service"
}
