# shellcheck shell=bash
# Taking wardtap off again. The ledger is the ward's memory: it goes only with --purge.

remove_file() {
  [ -e "$root$1" ] || return 0
  say "$([ "$dry_run" = yes ] && echo "would remove" || echo "removing") $root$1"
  [ "$dry_run" = yes ] || rm -rf -- "$root${1:?}"
}

# Interfaces wardtap was installed on: each has its own pipe.
installed_interfaces() {
  local file
  for file in "$root"/etc/tmpfiles.d/wardtap-*.conf; do
    [ -e "$file" ] || continue
    file="${file##*/wardtap-}"
    file="${file%.conf}"
    [[ ! "$file" =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$ ]] || printf '%s\n' "$file"
  done
}

remove_all() {
  local interfaces name instance unit
  interfaces="$(installed_interfaces)"
  for name in $interfaces; do
    instance="$(systemd-escape "$name" 2>/dev/null || printf '%s' "$name")"
    change_system systemctl disable --now --quiet "wardtap-sniffer@$instance.service" || true
    change_system systemctl stop "wardtap-mirror@$instance.service" || true
  done
  change_system systemctl disable --now --quiet wardtap-agent.service wardtap-shutdown.path || true
  for name in $interfaces; do
    remove_file "/etc/tmpfiles.d/wardtap-$name.conf"
    remove_file "/etc/systemd/network/10-wardtap-$name.network"
    remove_file "/etc/NetworkManager/conf.d/wardtap-$name.conf"
    remove_file "/etc/systemd/system/wardtap-agent.service.d/keep-off-$name.conf"
    if [ -f "$root/etc/dhcpcd.conf" ]; then
      change sed -i "/^denyinterfaces $name # wardtap$/d" "$root/etc/dhcpcd.conf"
    fi
  done
  for unit in "$here"/units/wardtap-*; do
    case "$unit" in
      *wardtap-console.service) continue ;;
    esac
    remove_file "/usr/lib/systemd/system/$(basename "$unit")"
  done
  for name in /usr/lib/sysusers.d/wardtap.conf /usr/lib/tmpfiles.d/wardtap.conf /usr/bin/wardtap /usr/lib/wardtap; do
    remove_file "$name"
  done
  if [ "$purge" = yes ]; then
    remove_file /var/lib/wardtap
    remove_file /etc/wardtap
  fi
  if [ -z "$root" ]; then
    change systemctl daemon-reload
    if [ "$purge" = yes ]; then
      for name in wardtap wardtap-sniffer; do
        if id "$name" >/dev/null 2>&1; then change userdel "$name"; fi
      done
    fi
    for name in $interfaces; do say "The port $name stays silent until the next restart of this machine."; done
  fi
  if [ "$purge" = yes ]; then
    say "wardtap is gone, with its ledger and configuration."
  else
    say "wardtap is gone. Its ledger stays in /var/lib/wardtap, its configuration in /etc/wardtap (--purge removes both)."
  fi
}
