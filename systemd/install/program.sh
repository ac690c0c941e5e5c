# shellcheck shell=bash
# The program itself: system packages, build, and a swap that leaves either the old or the new one whole.

PROGRAM=/usr/lib/wardtap
# Compilers, because hospital networks rarely let prebuilt binaries through; the rest runs the mirror port.
PACKAGES=(build-essential python3 libpcap-dev ethtool iproute2)

install_packages() {
  local missing=() package
  [ -z "$root" ] || return 0
  for package in "${PACKAGES[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  if [ ! -f "$(node_prefix)/include/node/node.h" ]; then
    if dpkg-query -S "$(command -v node)" >/dev/null 2>&1; then
      missing+=(libnode-dev)
    else
      say "Node's headers are not installed beside it: npm will try to fetch them from nodejs.org."
    fi
  fi
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "System packages missing: ${missing[*]}"
  change_system env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" ||
    fail "apt could not install them. Try: sudo apt-get update && sudo apt-get install ${missing[*]}"
}

node_prefix() { node -p 'require("node:path").resolve(process.execPath, "../..")'; }

# npm with Node's own headers where they are installed, and no search for prebuilt binaries: native modules then
# compile without any download.
with_headers() {
  local prefix
  prefix="$(node_prefix)"
  if [ -f "$prefix/include/node/node.h" ]; then
    npm_config_build_from_source=true npm_config_nodedir="$prefix" "$@"
  else
    npm_config_build_from_source=true "$@"
  fi
}

build_program() {
  [ ! -f "$source_dir/dist/agent/cli.js" ] || return 0
  [ -z "$root" ] || fail "dist/ is missing: run npm ci && npm run build first"
  say "Building wardtap (a few minutes on a Pi)"
  change_system with_headers in_source npm ci --no-audit --no-fund || fail "npm ci failed; its messages are above"
  change_system in_source npm run build || fail "the build failed; its messages are above"
}
# As whoever owns the checkout: root's files in it would be in their way later.
in_source() {
  local owner home
  owner="$(stat -c %U "$source_dir")"
  if [ "$owner" = root ]; then
    (cd "$source_dir" && "$@")
  else
    home="$(getent passwd "$owner" | cut -d: -f6)"
    (cd "$source_dir" && runuser -u "$owner" -- env HOME="$home" "$@")
  fi
}
in_new() { (cd "$root$PROGRAM.new" && "$@"); }

# What node_modules depends on: with the same lock file and Node they are taken over as they are.
modules_stamp() { { sha256sum <"$source_dir/package-lock.json"; node -v; uname -m; } | tr '\n' ' '; }

install_program() {
  build_program
  local old="$root$PROGRAM" new="$root$PROGRAM.new" part
  say "Putting the program into $old"
  change rm -rf "$new"
  change mkdir -p "$new"
  for part in dist systemd hardware docs package.json package-lock.json .npmrc LICENSE; do
    [ ! -e "$source_dir/$part" ] || change cp -R "$source_dir/$part" "$new/"
  done
  change chmod -R u=rwX,go=rX "$new"
  if [ "$dry_run" = no ] && [ -d "$old/node_modules" ] && [ "$(cat "$old/.modules" 2>/dev/null)" = "$(modules_stamp)" ]; then
    cp -a "$old/node_modules" "$new/"
  else
    change_system with_headers in_new npm ci --omit=dev --no-audit --no-fund || fail "npm ci failed; nothing was replaced"
  fi
  if [ "$dry_run" = no ] && [ -z "$root" ] && ! in_new node -e 'require("cap")' >/dev/null 2>&1; then
    say "Attention: the package cap could not be built. Live capture then needs another program:"
    say "  sudo apt-get install tcpdump"
  fi
  [ "$dry_run" = yes ] || modules_stamp >"$new/.modules"
  change rm -rf "$old.old"
  if [ -d "$old" ]; then change mv "$old" "$old.old"; fi
  change mv "$new" "$old"
  change rm -rf "$old.old"
  install_file "$here/wardtap" /usr/bin/wardtap 0755
}
