#!/bin/bash
# What stands for a guest of the contract: the wrapper of the shell runs, and the command in it.
# The simulator starts it with the wrapper that is expected, the machine's name, a folder for its
# disk, the path of the program and its arguments. Nothing of a guest is real here but its files; the
# contract's commands are harmless. Python would cost each of them a tenth of a second.
wrapper=$1 disk=$3 program=$4
eval "set -- $5"
[ "$program $1 $2" = "/bin/sh -c $wrapper" ] || exit 127
at=$disk$4 seconds=$5
shift 5
mkdir -p "${at%/*}"
words=("$@")
case "$*" in
  "cat "*/carrier) if [ -n "$VCSIM_LINKS" ]; then words=(echo 0); else words=(echo 1); fi ;;
  "ip "*) words=(true) ;;
  "touch "* | "test "* | "cat "*) # these speak of the guest's own files
    for i in "${!words[@]}"; do
      if [[ ${words[i]} == /* ]]; then words[i]=$disk${words[i]}; fi
    done
    ;;
esac
exec "$program" -c "$wrapper" vipprov "$at" "$seconds" "${words[@]}"
