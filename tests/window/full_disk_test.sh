#!/usr/bin/env bash
# A disk that fills up while somebody draws: it is said, nothing is lost in memory or on disk, and room mends it.
source "$(dirname "$0")/fixture.sh"
limn=$1
mkdir disk
if ! mount -t tmpfs -o size=700k tmpfs disk 2>/dev/null; then
    echo "SKIPPED: a small file system cannot be mounted here (needs root)"
    exit 0
fi
trap 'umount -l "$folder/disk"; rm -rf "$folder"' EXIT
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
"$limn" --script steps.txt --size 1280x800 disk/p.limn > out.txt &
pid=$!
filled=0 emptied=0
while kill -0 $pid 2>/dev/null; do
    if ((!filled)) && grep -q fill out.txt; then
        dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null || true
        filled=1
    fi
    if ((!emptied)) && grep -q empty out.txt; then
        sqlite3 -readonly disk/p.limn "pragma integrity_check" | grep -qx ok || fail "the file on the full disk is not sound"
        rm disk/filler
        emptied=1
    fi
    sleep 0.01
done
wait $pid || fail "the script failed on the full disk"
grep -q done out.txt || fail "the script did not end"
"$limn" check disk/p.limn
[[ $(sqlite3 disk/p.limn "select count(*) from track") == 31 ]] || fail "boxes are missing after the disk had room again"
