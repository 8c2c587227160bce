#!/usr/bin/env bash
# A script that is wrong fails with exit code 1 and one line that names the place.
source "$(dirname "$0")/fixture.sh"
limn=$1
refused() {  # refused LINE_OF_FAULT STEPS
    printf '%b' "$2" > bad.txt
    if "$limn" --script bad.txt clip.mp4 2> err.txt; then fail "accepted: $2"; else code=$?; fi
    [[ $code == 1 ]] || fail "exit code $code for: $2"
    [[ $(wc -l < err.txt) == 1 ]] || fail "not one line: $(cat err.txt)"
    grep -q "Line $1: " err.txt || fail "does not name line $1: $(cat err.txt)"
}
refused 2 'wait idle\nfrobnicate\n'
refused 1 'click\n'
refused 1 'key Blue\n'
refused 3 '# a comment\n\nmove media here\n'
refused 2 'wait idle\nexpect view.frames == 59\n'
refused 2 'wait idle\nexpect view.no_such == 1\n'
refused 2 'wait idle\nclick "No such button"\n'
refused 1 'type "open\n'
if "$limn" --script none.txt 2> err.txt; then fail "a missing script was accepted"; fi
grep -q none.txt err.txt || fail "does not name the script: $(cat err.txt)"
