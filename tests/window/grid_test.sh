#!/usr/bin/env bash
# grid_test.sh LIMN: a raster is cut into tiles and looked through with one key a tile; undo, reopening, marks on disk.
source "$(dirname "$0")/fixture.sh"
limn=$1
gdal_create -q -of GTiff -outsize 2000 1500 -bands 3 -burn 90 -burn 120 -burn 60 -co TILED=YES scene.tif

cat > first.txt <<'STEPS'
wait idle
expect grid.cells == 0
expect view.widgets ~ "Make grid"
# no grid: still the box tool's
key N
expect view.tool == box
click "Make grid"
wait idle
expect grid.cells == 48
expect grid.tile == 256
expect grid.current == 0
key S
# and now the next tile's
key N
expect view.tool == select
expect grid.current == 1
key D
expect grid.current == 0
key Enter
key Enter
key Enter
key Shift+Enter
key Enter
key Enter
key Enter
key Enter
key Enter
key Enter
wait idle
expect grid.done == 9
expect grid.doubtful == 1
# the second row goes back
expect grid.current == 13
expect document.undo == 12
key Shift+N
expect grid.current == 3
key N
expect grid.current == 13
key Ctrl+Z
key Ctrl+Z
wait idle
expect grid.done == 7
# undo shows what it has taken back
expect grid.current == 15
screenshot grid.png
key Ctrl+K
type "Mark doubtful"
key Enter
wait idle
expect grid.doubtful == 2
click "Tiles"
wait idle
expect grid.current >= 0
key Home
key U
wait saved
STEPS
"$limn" --script first.txt --size 1280x800 scene.tif
[ -s grid.png ] || fail "there is no picture"

cat > again.txt <<'STEPS'
wait idle
expect grid.cells == 48
expect grid.doubtful == 2
key Ctrl+Z
key Ctrl+Z
wait idle
expect grid.doubtful == 1
expect grid.done == 6
wait saved
STEPS
"$limn" --script again.txt --size 1280x800 scene.tif.limn
"$limn" check scene.tif.limn
"$limn" grid scene.tif.limn | grep -q '8 x 6 tiles of 256 px; 6 of 48 done, 1 doubtful, 41 to do' || fail "$("$limn" grid scene.tif.limn)"

# Hundreds of thousands of tiles: a picture of them, drawn as fast as any other panel.
gdal_create -q -of GTiff -outsize 40000 30000 -bands 1 -burn 7 -co TILED=YES -co SPARSE_OK=TRUE large.tif
"$limn" new large.limn && "$limn" add large.limn large.tif
"$limn" grid large.limn --tile 50 --mark 0:1234=done --mark 5000=doubtful --mark 200000:300000=done > /dev/null
cat > large.txt <<'STEPS'
wait idle
expect grid.cells == 480000
expect grid.done == 101234
key N
wait idle
# the second row goes back
expect grid.current == 1599
key F
key F
wait idle
key Enter
wait idle
expect grid.done == 101235
STEPS
"$limn" --script large.txt --size 1280x800 large.limn
"$limn" check large.limn
