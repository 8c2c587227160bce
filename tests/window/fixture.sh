# Sourced: a fresh folder with its own settings and a clip of 60 frames; $limn is the program. No display.
set -euo pipefail
folder=$(mktemp -d "${TMPDIR:-/tmp}/limn-window-test.XXXXXX")
trap 'rm -rf "$folder"' EXIT
export XDG_CONFIG_HOME=$folder/config XDG_STATE_HOME=$folder/state XDG_CACHE_HOME=$folder/cache LIMN_AUTHOR=tester
unset DISPLAY WAYLAND_DISPLAY
ffmpeg -v error -f lavfi -i testsrc2=size=640x360:rate=30 -frames:v 60 -pix_fmt yuv420p -c:v mpeg4 -g 12 -bf 2 "$folder/clip.mp4"
cd "$folder"

fail() { echo "FAILED: $*" >&2; exit 1; }
