#!/bin/sh
# Hunts with libFuzzer: tests/fuzz/run.sh [SECONDS a target, 60] [TARGET…]. Needs clang 19; builds in $LIMN_FUZZ_BUILD or
# build/fuzz. Corpora stay in the build folder; a crash leaves its input there and a non-zero exit.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${LIMN_FUZZ_BUILD:-$root/build/fuzz}
seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=${*:-limn cvat-video mot coco geojson gpkg shapefile flatgeobuf kml geotiff cog yolo-seg png-masks voc-masks davis mots npz ontology edit project mp4-table index-file band-math raster}

# RapidJSON 1.1 has a template member that assigns to a const; clang 19 minds unless templates are parsed when used.
# Its stack also adds 0 to a null pointer, and its number reader counts the leading zeros of 0: odd, not harmful.
late="-fdelayed-template-parsing -Wno-delayed-template-parsing-in-cxx20 -fno-sanitize=pointer-overflow,builtin"
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19 -DLIMN_FUZZ=ON \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_CXX_FLAGS="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined $late" \
    -DCMAKE_EXE_LINKER_FLAGS="-fsanitize=address,undefined" >"$build.log" 2>&1 || { tail -20 "$build.log"; exit 1; }
failed=
for target in $targets; do
    ninja -C "$build" "fuzz_$target" >"$build.log" 2>&1 || { tail -20 "$build.log"; exit 1; }
    mkdir -p "$build/corpus/$target" "$build/crashes"
    echo "== $target, $seconds s"
    "$build/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=20000 -print_final_stats=1 \
        -artifact_prefix="$build/crashes/$target-" "$build/corpus/$target" "$here/seeds/$target" 2>&1 |
        tee "$build/crashes/$target.log" | grep -E "^stat::number_of_executed_units|^stat::new_units_added|ERROR|SUMMARY|^fuzz:|DONE" || true
    if ! grep -q "DONE" "$build/crashes/$target.log" || grep -qE "ERROR:|deadly signal|runtime error" "$build/crashes/$target.log"; then
        failed="$failed $target"
    fi
done
[ -z "$failed" ] || { echo "failed:$failed (inputs in $build/crashes)"; exit 1; }
