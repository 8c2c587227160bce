# Sourced: a fresh folder with its own settings and a clip of 60 frames; $limn is the program. No display.
set -euo pipefail
folder=$(mktemp -d "${TMPDIR:-/tmp}/limn-window-test.XXXXXX")
trap 'rm -rf "$folder"' EXIT
export XDG_CONFIG_HOME=$folder/config XDG_STATE_HOME=$folder/state XDG_CACHE_HOME=$folder/cache LIMN_AUTHOR=tester
unset DISPLAY WAYLAND_DISPLAY
ffmpeg -v error -f lavfi -i testsrc2=size=640x360:rate=30 -frames:v 60 -pix_fmt yuv420p -c:v mpeg4 -g 12 -bf 2 "$folder/clip.mp4"
cd "$folder"

fail() { echo "FAILED: $*" >&2; exit 1; }

# small_disk SIZE: mounts a file system of that size as disk/, or ends the test where that cannot be done.
small_disk() {
    mkdir disk
    if ! mount -t tmpfs -o size="$1" tmpfs disk 2>/dev/null; then
        echo "SKIPPED: a small file system cannot be mounted here (needs root)"
        exit 0
    fi
    trap 'umount -l "$folder/disk"; rm -rf "$folder"' EXIT
}
# Runs steps.txt on disk/p.limn, fills the disk once it has printed "fill" and makes room once it has printed "empty".
script_on_filling_disk() {
    local pid filled=0 emptied=0
    "$limn" --script steps.txt --size 1280x800 disk/p.limn > out.txt &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        if ((!filled)) && grep -q fill out.txt; then
            dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null || true  # it ends where the disk is full
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
}
