# The facts of a guest: `all` of them, or those of its `software`; seconds to wait for udev; sysctls.
#
# Of the guest it needs a POSIX sh, sed, grep and an iproute2 that knows `-j`. Sections are framed by
# lines, and every line of a body is indented, so no content can look like a frame. What the shell
# can do by itself it does: on an emulated processor each program costs as much as all the rest.

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

kernel() {
    read -r _ _ release _ </proc/version
    printf '%s\n' "$release"
}

os() {
    while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done </etc/os-release
}

# keepalived of this network namespace only: a container's host may run others. One program finds it
# sooner than the shell, which reads a byte at a time, in the files of all processes.
daemon() {
    for name in $(grep -slx keepalived /proc/[0-9]*/comm); do
        process=${name%/comm}
        [ "$process/ns/net" -ef /proc/self/ns/net ] || continue
        while read -r key state; do
            [ "$key" = State: ] && printf '%s\n' "$state" && break
        done <"$process/status"
    done 2>/dev/null
    true
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

# The names of the tables, and rules that drop VRRP.
firewall() {
    command -v nft >/dev/null || return 127
    rules=$(nft list ruleset) || return
    [ -n "$rules" ] || return 0
    printf '%s\n' "$rules" | grep -E -e '^table ' \
        -e '(protocol|nexthdr|l4proto) ([{][^}]*)?(vrrp|112)([ ,].*)? (drop|reject)' || true
}

section kernel kernel
section keepalived keepalived --version
section os os
section daemon daemon
if [ "$what" = all ]; then
    section udev udev
    section links ip -j -d addr
    section roles roles
    section sysctls sysctls "$@"
    section firewall firewall
    section conf conf
fi
section end true
