#!/usr/bin/env bash
# scrub_test.sh LIMN: far jumps in a film of one long group, without a preview proxy and with one made in the window.
# A box drawn while a stand-in is shown waits for the exact frame.
source "$(dirname "$0")/fixture.sh"
limn=$1
ffmpeg -v error -f lavfi -i testsrc2=size=1280x720:rate=25 -frames:v 400 -c:v libx264 -preset ultrafast -g 400 -sc_threshold 0 long.mp4

cat > steps.txt <<'STEPS'
wait idle
expect counters.proxy == false
expect counters.stand_ins == 0
goto 390
wait idle
expect view.picture == 390
expect view.stand_in == false
expect counters.stand_ins == 1
expect counters.proxy_used == false
click "Make a preview proxy"
wait idle
expect counters.proxy == true
expect view.widgets !~ "Make a preview proxy"
expect view.toasts ~ "shows a preview at once"
goto 20
wait idle
expect view.picture == 20
STEPS
"$limn" --script steps.txt --size 1280x800 long.mp4

cat > again.txt <<'STEPS'
wait idle
goto 390
drag media 300,200 600,400
type "thing"
key Enter
wait idle
expect view.picture == 390
expect view.stand_in == false
expect counters.stand_ins >= 1
expect counters.proxy_used == true
expect document.tracks == 1
expect document.shown.0.box == [300.0,200.0,600.0,400.0]
STEPS
"$limn" --script again.txt --size 1280x800 long.mp4

"$limn" proxy long.mp4 --json | grep -q '"made": false' || fail "there is a proxy already"
"$limn" cache | grep -q proxies || fail "limn cache does not list the proxies"
[[ $(ls "$XDG_CACHE_HOME/limn/proxies" | wc -l) == 1 ]] || fail "there is more than the proxy"
