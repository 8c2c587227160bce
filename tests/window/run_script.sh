#!/usr/bin/env bash
# run_script.sh STEPS LIMN: a script for the driver on a fresh clip; the script's own `expect` lines judge.
source "$(dirname "$0")/fixture.sh"
limn=$2
"$limn" --script "$1" --size 1280x800 clip.mp4
"$limn" check clip.mp4.limn
