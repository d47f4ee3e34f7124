# The facts of a guest: `all` of them, or those of its `software`; seconds to wait for udev; sysctls,
# one a line; and what to run meanwhile, if anything, by `python`, which is defined before this.
#
# Of the guest it needs a POSIX sh, grep and an iproute2 that knows `-j`. Sections are framed by
# lines, and every line of a body is indented, so no content can look like a frame. What the shell
# can do by itself it does: on an emulated processor each program costs as much as all the rest.

export LC_ALL=C PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
what=$1 settle=$2 keys=$3
shift 3
conf=/etc/keepalived/keepalived.conf
release=/etc/os-release
role=/run/vipprov/role
newline='
'

by_line() { set -f; IFS=$newline; }

section() { # NAME COMMAND…
    name=$1
    shift
    body=$("$@" 2>&1 </dev/null)
    printf '%s %s\n' "$name" "$?"
    by_line
    for line in $body; do printf ' %s\n' "$line"; done
    unset IFS
    set +f
}

settled() {
    if [ ! -S /run/udev/control ]; then echo absent
    elif udevadm settle --timeout="$settle" >&2; then echo settled
    else echo busy; fi
}

# What small files hold, as FILE:LINE. One program for all of them: `read` takes one byte at a time,
# and /proc/sys gives no second one. No name holds a colon: no interface's may.
files() {
    cd /proc/sys || return
    set -- ../[0-9]*/comm "$role"/*
    by_line
    grep -as -- '' /dev/null "$@" $keys "$release" "$conf"
}

# Each body by itself, with its lines indented.
sort_out() {
    by_line
    for line in $1; do
        file=${line%%:*} text=${line#*:}
        case $file in
            ../*) [ "$text" != keepalived ] || process "/proc/${file#../}" ;;
            "$release") os="$os $text$newline" ;;
            "$role"/*) roles="$roles ${file##*/} $text$newline" ;;
            "$conf") judged ;;
            *) sysctls="$sysctls $line$newline" ;;
        esac
    done
    unset IFS
    set +f
}

# A keepalived of this network namespace only: a container's host may run others.
process() {
    [ "${1%/comm}/ns/net" -ef /proc/self/ns/net ] || return 0
    while IFS=' 	' read -r key state; do
        [ "$key" != State: ] || { states="$states $state$newline"; break; }
    done <"${1%/comm}/status"
}

# No more of keepalived.conf than is judged: the rest may hold a password.
judged() {
    word=${text#"${text%%[![:space:]]*}"}
    case $inside$word in
        vrrp_instance[[:space:]]* | virtual_router_id[[:space:]]*) ;;
        virtual_ipaddress\{* | virtual_ipaddress[[:space:]]*\{*) inside=yes: ;;
        unicast_peer\{* | unicast_peer[[:space:]]*\{*) inside=yes: ;;
        yes:*) ;;
        *) return ;;
    esac
    instances="$instances $text$newline"
    case $text in *\}*) inside= ;; esac
}

# The names of the tables, and rules that drop VRRP.
firewall() {
    command -v nft >/dev/null || return 127
    rules=$(nft list ruleset) || return
    [ -n "$rules" ] || return 0
    printf '%s\n' "$rules" | grep -E -e '^table ' \
        -e '(protocol|nexthdr|l4proto) ([{][^}]*)?(vrrp|112)([ ,].*)? (drop|reject)' || true
}

told() {
    # What runs beside has the processor to itself until it says that it is under way: an advert
    # that comes before costs whoever waits for one a whole interval.
    IFS= read -r begun || [ -n "$begun" ] && begun=" $begun$newline"
    os= roles= sysctls= states= instances= inside= found=0
    read -r _ _ kernel _ </proc/version
    printf 'kernel 0\n %s\n' "$kernel"
    section keepalived keepalived --version
    [ "$what" = software ] || section udev settled
    files=$(files)
    [ -n "$files" ] || exit 1 # there is a shell at least, or else nothing was found out
    sort_out "$files" 2>/dev/null
    printf 'os 0\n%sdaemon 0\n%s' "$os" "$states"
    if [ "$what" = all ]; then
        section links ip -j -d addr
        section firewall firewall
        [ -r "$conf" ] || found=1
        printf 'roles 0\n%ssysctls 0\n%sconf %s\n%s' "$roles" "$sysctls" $found "$instances"
        printf 'beside 0\n%s' "$begun"
        while IFS= read -r line || [ -n "$line" ]; do printf ' %s\n' "$line"; done
    fi
    printf 'end 0\n'
}

if [ $# -gt 0 ]; then python "$@" 2>&1 | told; else told </dev/null; fi
