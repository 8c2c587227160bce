#!/usr/bin/env bash
# A disk that fills up in the middle of painting: it is said, the strokes stay in memory, and room mends it.
source "$(dirname "$0")/fixture.sh"
limn=$1
mkdir disk
if ! mount -t tmpfs -o size=1500k tmpfs disk 2>/dev/null; then
    echo "SKIPPED: a small file system cannot be mounted here (needs root)"
    exit 0
fi
trap 'umount -l "$folder/disk"; rm -rf "$folder"' EXIT
gdal_create -q -of GTiff -outsize 3000 2000 -bands 1 -burn 40 scene.tif
"$limn" new disk/p.limn > /dev/null
"$limn" add disk/p.limn scene.tif > /dev/null
{
    echo "wait idle"
    echo "zoom fit"
    echo "key B"
    echo "drag media 200,200 600,240"
    echo "wait saved"
    echo "print fill"
    for n in 1 2 3; do echo "screenshot wait.png"; done   # time for the disk to be filled
    for n in $(seq 30); do
        echo "drag media $((n * 90 + 100)),300 $((n * 60 + 100)),1900"
    done
    echo "wait idle"
    echo "expect view.toasts ~ full"
    echo "print empty"
    echo "wait saved"
    echo "expect document.undo == 32"
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
strokes=$("$limn" log disk/p.limn --json | grep -c '"Paint object"' || true)
((strokes == 31)) || fail "there are $strokes strokes in the log instead of 31"
