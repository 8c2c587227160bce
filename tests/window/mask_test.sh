#!/usr/bin/env bash
# mask_test.sh LIMN: a raster is painted with brush, fills, wand, bucket and expressions; undo, reopening, export read by GDAL.
source "$(dirname "$0")/fixture.sh"
limn=$1
# The right half is bright.
gdal_create -q -of GTiff -outsize 500 800 -bands 1 -burn 40 left.tif
gdal_create -q -of GTiff -outsize 500 800 -bands 1 -burn 200 right.tif
gdal_translate -q -a_srs EPSG:32633 -a_ullr 500000 5008000 505000 5000000 left.tif a.tif
gdal_translate -q -a_srs EPSG:32633 -a_ullr 505000 5008000 510000 5000000 right.tif b.tif
gdalbuildvrt -q both.vrt a.tif b.tif
gdal_translate -q both.vrt scene.tif
echo '{"classes":["water","forest","urban"]}' > classes.json
"$limn" new p.limn > /dev/null
"$limn" ontology p.limn --set classes.json > /dev/null
"$limn" add p.limn scene.tif > /dev/null

cat > first.txt <<'STEPS'
wait idle
zoom fit
key B
key 1
# a stroke is one step
drag media 200,200 300,240
wait idle
expect document.undo == 3
expect mask.layers == 1
expect mask.pixels.water > 3000
key Ctrl+Z
wait idle
expect mask.layers == 0
key Ctrl+Shift+Z
wait idle
expect mask.pixels.water > 3000
# the brush's size
expect mask.brush_px == 40
key ]
expect mask.brush_px == 50
key [
key [
expect mask.brush_px == 32
# a rectangle, then a hole in it with Alt
key 2
key X
drag media 100,400 200,500
wait idle
expect mask.pixels.forest == 10000
drag media 120,420 160,460 alt
wait idle
expect mask.pixels.forest == 8400
# the bucket fills the hole
key 3
key J
press media 140,440
release media 140,440
wait idle
expect mask.pixels.urban == 1600
key Ctrl+Z
wait idle
# the wand takes the bright half
key Y
press media 700,400
wait idle
release media 700,400
wait idle
expect mask.pixels.urban == 400000
key Ctrl+Z
wait idle
# what an expression holds for, over all but the forest
click "Only where"
type "b1 < 100"
key Enter
click "Never over"
click "forest"
key 3
click "Fill all"
wait idle
expect mask.pixels.forest == 8400
expect mask.pixels.urban == 391600
expect mask.pixels.unlabelled == 400000
screenshot masks.png
# a brush bound to the expression stops where it does
key 1
key B
drag media 400,150 600,150
wait idle
expect mask.pixels.unlabelled == 400000
expect mask.pixels.water > 1000
# blinking, outlines and hatching do not change anything
key Shift+O
key Shift+U
key Shift+B
key Shift+B
state before.json
STEPS
"$limn" --script first.txt --size 1600x1000 p.limn
[ -s masks.png ] || fail "there is no picture"
cat > second.txt <<'STEPS'
wait idle
expect mask.pixels.forest == 8400
expect mask.pixels.unlabelled == 400000
key Ctrl+Z
wait idle
expect mask.pixels.urban == 391600
STEPS
"$limn" --script second.txt --size 1600x1000 p.limn
"$limn" check p.limn | grep -q clean
# GDAL reads the same pixels and the same place.
"$limn" export p.limn --format geotiff -o masks > /dev/null
file=$(ls masks/*.tif)
gdalinfo -hist "$file" > info.txt
grep -q "Origin = (500000" info.txt
grep -q "forest" info.txt
python3 - "$file" <<'PY'
import subprocess, sys
subprocess.run(["gdal_translate", "-q", "-of", "ENVI", sys.argv[1], "raw.bin"], check=True)
data = open("raw.bin", "rb").read()
assert len(data) == 1000 * 800, len(data)
assert data.count(2) == 8400 and data.count(3) == 391600 and data.count(0) == 400000, [data.count(i) for i in range(4)]
PY
