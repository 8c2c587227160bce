#!/usr/bin/env bash
# A disk that fills up in the middle of painting: it is said, the strokes stay in memory, and room mends it.
source "$(dirname "$0")/fixture.sh"
limn=$1
small_disk 1500k
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
script_on_filling_disk
strokes=$("$limn" log disk/p.limn --json | grep -c '"Paint object"') || strokes=0
((strokes == 31)) || fail "there are $strokes strokes in the log instead of 31"
