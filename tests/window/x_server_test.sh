#!/usr/bin/env bash
# A real window on a real X server, worked with xdotool: a box drawn with the mouse is in the file; idle means no work.
source "$(dirname "$0")/fixture.sh"
limn=$1
cat > in_x.sh <<'X'
set -eu
"$1" --size 1280x800 clip.mp4 & pid=$!
for _ in $(seq 400); do window=$(xdotool search --name '^Limn' 2>/dev/null | head -1) && [ -n "$window" ] && break; sleep 0.05; done
[ -n "$window" ] || { echo "no window appeared"; exit 1; }
for _ in $(seq 200); do [ -e clip.mp4.limn ] && break; sleep 0.05; done
sleep 1.5
ticks() { awk '{print $14 + $15}' /proc/$pid/stat; }
idle_from=$(ticks); sleep 2; idle_to=$(ticks)
echo "idle: $((idle_to - idle_from)) ticks of CPU in 2 s" | tee idle.txt
xdotool mousemove 560 220 sleep 0.2 mousedown 1 sleep 0.1 mousemove 600 250 sleep 0.1 mousemove 680 320 sleep 0.2 mouseup 1 sleep 0.7
xdotool key Escape sleep 0.3 key f sleep 0.5
[ "$(sqlite3 clip.mp4.limn 'select count(*) from track')" = 1 ] || { echo "the box is not in the file"; exit 1; }
# Playing listens: a key in the middle of the film stops it there, and where the user was is kept on closing.
xdotool key Home sleep 0.3 key space sleep 0.6 key space sleep 0.5
xdotool key ctrl+q
for _ in $(seq 100); do kill -0 $pid 2>/dev/null || break; sleep 0.05; done
if kill -0 $pid 2>/dev/null; then echo "Ctrl+Q did not close the window"; kill -9 $pid; exit 1; fi
wait $pid
frame=$(grep -ho '"frame": [0-9]*' "$XDG_STATE_HOME"/limn/views/*.json | grep -o '[0-9]*$')
[ "$frame" -gt 2 ] && [ "$frame" -lt 59 ] || { echo "playing was not stopped by a key: frame $frame"; exit 1; }
X
xvfb-run -a -s "-screen 0 1280x800x24" bash in_x.sh "$limn" || fail "see above"
"$limn" check clip.mp4.limn
# 200 ticks would be one busy core; a window that redraws all the time under a software renderer takes more.
(($(grep -o '[0-9]* ticks' idle.txt | cut -d' ' -f1) < 40)) || fail "the idle window works: $(cat idle.txt)"
