# The facts of a guest: `all` of them, or those of its `software`; seconds to wait for udev; sysctls.
#
# Of the guest it needs a POSIX sh, grep and an iproute2 that knows `-j`. Sections are framed by
# lines, and every line of a body is indented, so no content can look like a frame. What the shell
# can do by itself it does: on an emulated processor each program costs as much as all the rest.

export LC_ALL=C PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
what=$1 settle=$2
shift 2
conf=/etc/keepalived/keepalived.conf
newline='
'

by_line() { set -f; IFS=$newline; }

section() {
    name=$1
    shift
    body=$("$@" 2>&1 </dev/null)
    printf '%s %s\n' "$name" "$?"
    by_line
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

# What small files hold, as FILE:LINE: the names of all processes, these files of /proc/sys, and
# keepalived.conf. One program for all of them: `read` takes one byte at a time, and /proc/sys gives
# no second one. None of the names can hold a colon: no interface's name may.
files() {
    cd /proc/sys && grep -s -- '' /dev/null ../[0-9]*/comm "$@" "$conf"
}

# keepalived of this network namespace only: a container's host may run others.
daemon() {
    by_line
    for line in $lines; do
        process=${line%/comm:keepalived}
        [ "$process" != "$line" ] || continue
        process=/proc/${process#../}
        [ "$process/ns/net" -ef /proc/self/ns/net ] || continue
        while IFS='	 ' read -r key state; do
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
    by_line
    for line in $lines; do
        case $line in ../* | "$conf":*) ;; *) printf '%s\n' "$line" ;; esac
    done
}

# No more of the file than is judged: the rest may hold a password.
conf() {
    [ -r "$conf" ] || return
    inside=
    by_line
    for line in $lines; do
        text=${line#"$conf:"}
        [ "$text" != "$line" ] || continue
        word=${text#"${text%%[![:space:]]*}"}
        case $inside$word in
            vrrp_instance[[:space:]]* | virtual_router_id[[:space:]]*) ;;
            virtual_ipaddress\{* | virtual_ipaddress[[:space:]]*\{*) inside=yes: ;;
            unicast_peer\{* | unicast_peer[[:space:]]*\{*) inside=yes: ;;
            yes:*) ;;
            *) continue ;;
        esac
        printf '%s\n' "$text"
        case $text in *\}*) inside= ;; esac
    done
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
[ "$what" = software ] || section udev udev
lines=$(files "$@")
section daemon daemon
if [ "$what" = all ]; then
    section links ip -j -d addr
    section roles roles
    section sysctls sysctls
    section firewall firewall
    section conf conf
fi
section end true
