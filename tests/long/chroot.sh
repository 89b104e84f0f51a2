# Shared by the long checks that need a bare Debian 12: a debootstrap chroot in the folder $bare.
# Sourced after lib.sh, with `set -euo pipefail` in force and as root.

unmount() {
    local point
    for point in dev/pts dev/shm dev sys proc; do
        ! mountpoint -q "$bare/$point" || umount --lazy "$bare/$point"  # whoever still holds it is ending
    done
}

# The first Debian source of this machine, in either of apt's formats.
mirror() {
    { sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources
      sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list; } 2>/dev/null |
        head -n 1
}

make_bare() {
    [ ! -x "$bare/bin/bash" ] || return 0
    command -v debootstrap >/dev/null || "$root/deploy/install-packages" <(echo debootstrap)
    debootstrap --variant=minbase bookworm "$bare" "$(mirror)" >"$bare.log" 2>&1 || { tail -n 20 "$bare.log"; return 1; }
    rm -f "$bare.log"
    chmod 755 "$bare"  # mktemp's is for its owner alone, and here it is everybody's root
    rm -rf "$bare/etc/apt"
    cp -a /etc/apt "$bare/etc/apt"
    cp -L /etc/resolv.conf /etc/hosts "$bare/etc/"
}

mount_kernel() {
    mount -t proc proc "$bare/proc"
    mount -t sysfs -o ro sys "$bare/sys"
    mount --bind /dev "$bare/dev"
    mkdir -p "$bare/dev/pts" "$bare/dev/shm"
    mount -t devpts devpts "$bare/dev/pts"
    mount -t tmpfs tmpfs "$bare/dev/shm"
}

# Becomes a line of shell in there, with nothing of this environment but the proxies.
become_inside() {
    local proxy
    mapfile -t proxy < <(env | grep -iE '^(https?|no|ftp|all)_proxy=' || true)
    exec chroot "$bare" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin CI=true "${proxy[@]}" \
        /bin/bash -c "$1" </dev/null
}

inside() (become_inside "$1")

# A line that must succeed in there. `phase` looks at the end of a function alone, so each line is held by this.
must() { inside "$1" || { echo "failed inside: $1" >&2; exit 1; }; }
