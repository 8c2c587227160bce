#!/usr/bin/env bash
# Kills the real program at random points while a script edits, LIMN_KILLS times (default 40), always on the same project.
# Whatever the script had seen finished must be in the file, and the file must be sound.
source "$(dirname "$0")/fixture.sh"
limn=$1
kills=${LIMN_KILLS:-40}
project=clip.mp4.limn

# "wait saved" proves that a gesture is on disk. Without it the next gesture may only begin when the last one is: after the
# drag of box N+1 box N must be there.
{
    echo "wait idle"
    echo "print ready"
    for n in $(seq 40); do
        echo "key Esc"
        echo "key N"
        echo "drag media $((n * 10 + 20)),$((n % 7 * 30 + 20)) $((n * 10 + 60)),$((n % 7 * 30 + 70))"
        if ((n % 2)); then echo "wait saved"; echo "print saved-$n"; else echo "print drawn-$n"; fi
    done
} > edits.txt
tracks() { sqlite3 "$project" "select count(*) from track" 2>/dev/null || echo 0; }

echo 'wait idle' > open.txt
"$limn" --script open.txt clip.mp4
missing=0 killed=0 edited=0
for run in $(seq "$kills"); do
    before=$(tracks)
    : > out.txt
    "$limn" --script edits.txt --size 1280x800 "$project" > out.txt &
    pid=$!
    stop_after=$((RANDOM % 41))
    for _ in $(seq 2000); do
        (($(wc -l < out.txt) > stop_after)) && break
        kill -0 $pid 2>/dev/null || break
        sleep 0.005
    done
    sleep "0.0$((RANDOM % 40 + 10))"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null || true
    last=$(grep -c '' out.txt || true)
    done_line=$(tail -n 1 out.txt)
    case $done_line in
        saved-*) must=${done_line#saved-} ;;
        drawn-*) must=$((${done_line#drawn-} - 1)) ;;
        *) must=0 ;;
    esac
    after=$(tracks)
    edited=$((edited + after - before))
    if ((after - before < must)); then
        echo "run $run: $must boxes were finished ($done_line, $last lines), $((after - before)) are in the file" >&2
        missing=$((missing + 1))
    fi
    if ((run % 10 == 0 || run == kills)); then "$limn" check "$project" > check.txt 2>&1 || fail "run $run: $(cat check.txt)"; fi
    # A long history would only make later runs slower.
    if ((run % 50 == 0)); then rm -f "$project"*; "$limn" --script open.txt clip.mp4; fi
done
echo "$killed kills, $edited boxes drawn, $missing runs with something missing"
((killed > kills / 2)) || fail "only $killed of $kills runs were killed while they worked"
((edited > kills)) || fail "the script hardly drew anything"
((missing == 0)) || fail "finished gestures were lost"
