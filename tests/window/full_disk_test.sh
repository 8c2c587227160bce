#!/usr/bin/env bash
# A disk that fills up while somebody draws: it is said, nothing is lost in memory or on disk, and room mends it.
source "$(dirname "$0")/fixture.sh"
limn=$1
small_disk 700k
"$limn" new disk/p.limn
"$limn" add disk/p.limn clip.mp4
{
    echo "wait idle"
    echo "drag media 20,20 60,70"
    echo "wait saved"
    echo "print fill"
    echo "click \"Play\""   # time for the disk to be filled
    echo "wait idle"
    for n in $(seq 30); do
        echo "key Esc"
        echo "key N"
        echo "drag media $((n * 10 + 20)),100 $((n * 10 + 60)),150"
    done
    echo "wait idle"
    echo "expect document.tracks == 31"
    echo "expect view.toasts ~ full"
    echo "print empty"
    echo "wait saved"
    echo "expect document.tracks == 31"
    echo "print done"
} > steps.txt
script_on_filling_disk
[[ $(sqlite3 disk/p.limn "select count(*) from track") == 31 ]] || fail "boxes are missing after the disk had room again"
