#!/usr/bin/env bash
# shots_test.sh LIMN: the cuts of a film joined of three sources are found, jumped to, and there at once when it is
# opened again; so are its thumbnails.
source "$(dirname "$0")/fixture.sh"
limn=$1
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=30:duration=2 -f lavfi -i smptehdbars=size=320x180:rate=30:duration=1.5 \
    -f lavfi -i mandelbrot=size=320x180:rate=30:maxiter=100 -filter_complex \
    '[0:v]format=yuv420p,setsar=1[a];[1:v]format=yuv420p,setsar=1[b];[2:v]trim=end_frame=40,format=yuv420p,setsar=1[c];[a][b][c]concat=n=3' \
    -c:v libx264 -preset veryfast -g 30 -bf 2 joined.mp4

cat > first.txt <<'STEPS'
wait idle
wait shots
expect shots.complete == true
expect shots.count == 3
key PageDown
wait idle
expect view.frame == 60
expect view.picture == 60
key PageDown
wait idle
expect view.frame == 105
key PageDown
wait idle
expect view.frame == 105
key F
key PageUp
wait idle
expect view.frame == 105
key PageUp
key PageUp
wait idle
expect view.frame == 0
wait thumbnails
expect thumbnails.from_disk == 0
expect thumbnails.decoded > 5
expect thumbnails.wanted > 5
STEPS
"$limn" --script first.txt --size 1280x800 joined.mp4

cat > again.txt <<'STEPS'
wait idle
wait shots
wait thumbnails
expect shots.complete == true
expect shots.count == 3
expect thumbnails.from_disk > 5
expect thumbnails.decoded == 0
STEPS
"$limn" --script again.txt --size 1280x800 joined.mp4

# Damaged side files are made anew.
for file in "$XDG_CACHE_HOME"/limn/shots/*.bin "$XDG_CACHE_HOME"/limn/thumbnails/*.bin; do
    [ -f "$file" ] || fail "there is no side file: $file"
    truncate -s 50 "$file"
done
sed -e 's/from_disk > 5/from_disk == 0/' -e 's/decoded == 0/decoded > 5/' again.txt > damaged.txt
"$limn" --script damaged.txt --size 1280x800 joined.mp4
