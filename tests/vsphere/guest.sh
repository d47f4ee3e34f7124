#!/bin/bash
# What runs in a guest of a pair, as far as a test plays it: it asks the test, and ends as that says.
# A shell is started in a few milliseconds, where a Python that knows pairs takes half a second.
exec 3<>"/dev/tcp/127.0.0.1/$1"
shift
printf '%s\0' "$@" '' >&3
read -r code <&3
exit "$code"
