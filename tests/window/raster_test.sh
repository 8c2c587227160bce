#!/usr/bin/env bash
# raster_test.sh LIMN: a raster in the window: display, places, measuring, polygons, layers, broken parts, reopening.
source "$(dirname "$0")/fixture.sh"
limn=$1
# Six bands in UTM, the fourth rising to the right, the third falling: NDVI goes from one sign to the other.
gdal_create -q -of GTiff -outsize 1200 900 -bands 6 -burn 30 -burn 60 -burn 90 -burn 120 -burn 10 -burn 5 \
    -a_srs EPSG:31985 -a_ullr 288776 9120760 322976 9095110 -co TILED=YES scene.tif
gdalwarp -q -t_srs EPSG:4326 scene.tif other.tif
ogr2ogr -q -f GPKG fields.gpkg /vsistdin/ <<'JSON'
{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a"},"geometry":{"type":"Polygon",
"coordinates":[[[-34.85,-8.05],[-34.80,-8.05],[-34.80,-8.00],[-34.85,-8.00],[-34.85,-8.05]]]}}]}
JSON

cat > first.txt <<'STEPS'
wait idle
expect raster.width == 1200
expect raster.missing == 0
expect raster.preset == true-color
# an expression, one that is wrong, and the panel's own words about it
click "Expression"
type "(b4-b3)/(b4+b3)"
key Enter
wait idle
expect raster.channels == "(b4-b3)/(b4+b3)"
expect raster.style_error == ""
click "Expression"
type "b9 + 1"
key Enter
wait idle
expect raster.style_error ~ "b9"
expect raster.channels == "(b4-b3)/(b4+b3)"
# contrast by the view, and back
key T
wait idle
key T
wait idle
# a place in latitude and longitude lands in the middle
key G
type "-8.02, -34.82"
key Enter
wait idle
move screen 720,300
wait idle
expect raster.missing == 0
# a polygon by clicks, closed by Enter, is one event and undone by one key
zoom 1:1
key P
press media 500,300
release media 500,300
press media 560,300
release media 560,300
press media 560,350
release media 560,350
key Backspace
press media 560,340
release media 560,340
press media 500,340
release media 500,340
key Enter
wait idle
key Esc
expect document.tracks == 1
expect document.shown.0.class == object
# layers: one that has to be warped, one of vectors; two views
key Ctrl+L
type "other.tif"
key Enter
wait idle
expect raster.layers.0.error == ""
key Ctrl+L
type "fields.gpkg"
key Enter
wait idle
expect raster.layers.1.error == ""
expect raster.layers.1.features == 1
key Shift+D
wait idle
key Shift+D
key Ctrl+L
type "nowhere.tif"
key Enter
wait idle
expect raster.layers.2.error ~ "nowhere.tif"
key Ctrl+D
wait saved
STEPS
"$limn" --script first.txt --size 1440x900 scene.tif

# What was shown, and the layers, are there again.
cat > again.txt <<'STEPS'
wait idle
expect raster.channels == "(b4-b3)/(b4+b3)"
expect raster.layers.1.features == 1
expect document.tracks == 1
key Ctrl+K
type "Place 1"
expect view.widgets ~ "Place 1"
key Esc
key Ctrl+Z
wait idle
expect document.tracks == 0
STEPS
"$limn" --script again.txt --size 1440x900 scene.tif.limn

# Nothing but the project was written beside the rasters.
beside=$(find . -maxdepth 1 -name '*.*' -newer first.txt -not -name '*.txt' -not -name . | sort | tr '\n' ' ')
[[ $beside == "./scene.tif.limn " ]] || fail "beside the rasters there are now: $beside"

# A cut-off file opens: what is missing is marked, the rest is read.
head -c 900000 scene.tif > cut.tif
cat > cut.txt <<'STEPS'
wait idle
expect raster.width == 1200
expect raster.broken > 0
expect raster.missing == 0
STEPS
"$limn" --script cut.txt --size 1440x900 cut.tif

# Two rasters of one size, one after the other: the canvas shows the one that is named (white, then black).
gdal_create -q -of PNG -outsize 300 300 -bands 1 -ot UInt16 -burn 65535 white.png
gdal_create -q -of PNG -outsize 300 300 -bands 1 -ot UInt16 -burn 0 black.png
cat > switch.txt <<'STEPS'
wait idle
click "Stretch"
click "As it is"
click "black.png"
wait idle
click "Stretch"
click "As it is"
wait idle
screenshot black-shown.png
click "white.png"
wait idle
screenshot white-shown.png
STEPS
"$limn" --script switch.txt --size 1440x900 white.png black.png
middle() { ffmpeg -v error -i "$1" -vf crop=20:20:620:250 -f rawvideo -pix_fmt gray - | od -An -tu1 -v | grep -oE '[0-9]+' | sort -un | tr '\n' ' '; }
[[ $(middle black-shown.png) == "0 " ]] || fail "black.png is shown as $(middle black-shown.png)"
[[ $(middle white-shown.png) == "255 " ]] || fail "white.png is shown as $(middle white-shown.png)"

# The command line draws the same, and ends well.
"$limn" render white.png -o rendered.png --stretch none --size 100x100
[[ $(ffmpeg -v error -i rendered.png -f rawvideo -pix_fmt gray - | od -An -tu1 -v | grep -oE '[0-9]+' | sort -un | tail -1) == 255 ]] || fail "white.png is not rendered white"
