# The facts of a guest: `all` of them, or those of its `software`; seconds to wait for udev; sysctls.
#
# Of the guest it needs a POSIX sh, sed, grep, cat, uname and an iproute2 that knows `-j`. Sections
# are framed by lines, and every line of a body is indented, so no content can look like a frame.

export LC_ALL=C PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
what=$1 settle=$2
shift 2
newline='
'

section() {
    name=$1
    shift
    body=$("$@" 2>&1 </dev/null)
    printf '%s %s\n' "$name" "$?"
    # Lines are split by the shell itself: on an emulated processor each program costs its time.
    set -f
    IFS=$newline
    for line in $body; do printf ' %s\n' "$line"; done
    unset IFS
    set +f
}

udev() {
    if [ ! -S /run/udev/control ]; then echo absent
    elif udevadm settle --timeout="$settle" >&2; then echo settled
    else echo busy; fi
}

# keepalived of this network namespace only: a container's host may run others.
daemon() {
    mine=$(readlink /proc/self/ns/net)
    for file in $(grep -ls '^keepalived$' /proc/[0-9]*/comm); do
        process=${file%/comm}
        [ "$(readlink "$process/ns/net")" = "$mine" ] || continue
        sed -n 's/^State:[[:space:]]*//p' "$process/status"
    done 2>/dev/null
}

roles() {
    for file in /run/vipprov/role/*; do
        [ -f "$file" ] || continue
        IFS= read -r line <"$file"
        printf '%s %s\n' "${file##*/}" "$line"
    done
}

sysctls() {
    cd /proc/sys || return
    # One program for all keys, and none of those can hold a colon: no interface's name may.
    # Not `read`: it takes one byte at a time, and /proc/sys gives no second one.
    grep -s -m 1 -- '' /dev/null "$@" || true
}

# No more of the file than is judged: the rest may hold a password.
conf() {
    sed -n -e '/^[[:space:]]*vrrp_instance[[:space:]]/p' \
        -e '/^[[:space:]]*virtual_router_id[[:space:]]/p' \
        -e '/^[[:space:]]*virtual_ipaddress[[:space:]]*{/,/}/p' \
        -e '/^[[:space:]]*unicast_peer[[:space:]]*{/,/}/p' /etc/keepalived/keepalived.conf
}

vrrp_drops() {
    nft list ruleset 2>/dev/null | \
        grep -E '(protocol|nexthdr|l4proto) ([{][^}]*)?(vrrp|112)([ ,].*)? (drop|reject)'
}

section kernel uname -r
section keepalived keepalived --version
section os cat /etc/os-release
section daemon daemon
if [ "$what" = all ]; then
    section udev udev
    section links ip -j -d link
    section addresses ip -j addr
    section roles roles
    section sysctls sysctls "$@"
    section nft nft list tables
    section vrrp-drops vrrp_drops
    section conf conf
fi
section end true
