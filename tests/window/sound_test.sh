#!/usr/bin/env bash
# sound_test.sh LIMN: a film with sound is played by the sound's clock, by the monotonic one without a device.
source "$(dirname "$0")/fixture.sh"
limn=$1
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25:duration=1.2 -f lavfi -i sine=frequency=440:duration=1.2 \
    -c:v mpeg4 -g 12 -bf 2 -c:a aac -shortest film.mp4
cat > play.txt <<END
wait idle
expect playback.sound == ready
key Space
expect playback.clock == sound
wait paused
expect playback.clock == sound
expect view.frame == 29
expect playback.shown >= 3

# A loop changed and a speed changed while playing.
goto 5
wait idle
key Alt+[
goto 14
wait idle
key Alt+]
key Space
expect playback.playing == true
key [
expect playback.speed == 0.5
expect playback.playing == true
expect playback.clock == sound
expect view.frame >= 5
expect view.frame < 15
click "Sound"
expect playback.muted == true
expect playback.playing == true
key Space
expect view.toasts == []
END
cat > no_device.txt <<END
wait idle
key Alt+\\
key Home
wait idle
key Space
wait paused
expect playback.clock == monotonic
expect playback.sound == "no device"
expect view.frame == 29
expect view.toasts == []
END
SDL_AUDIODRIVER=dummy "$limn" --script play.txt --size 1280x800 film.mp4
# The loop is there again, the muting too.
grep -q '"loop_begin": 5' state/limn/views/*.json || fail "the loop was not kept"
grep -q '"muted": true' config/limn/settings.json || fail "the muting was not kept"
SDL_AUDIODRIVER=nonesuch "$limn" --script no_device.txt --size 1280x800 film.mp4
