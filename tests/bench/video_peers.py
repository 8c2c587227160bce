#!/usr/bin/python3
"""The way of other programs to the frames of a film, timed, for tests/bench/peers.cpp.

    video_peers.py PEER decode FILM          every frame in order: "decoded FRAMES SECS"
    video_peers.py PEER seek FILM LIST       each frame of the list: "seek SECS"
    video_peers.py PEER back FILM LIST       the same, one step back after the other
    video_peers.py PEER check FILM LIST      "wrong FRAMES"

PEER is opencv, pyav or mpv. LIST is a file with "number pts seconds" a line. Ends with 3 where the peer is not installed.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time


def absent():
    sys.exit(3)


class OpenCv:
    def __init__(self, film):
        try:
            import cv2
        except ImportError:
            absent()
        self.cv2 = cv2
        self.film = cv2.VideoCapture(film)

    def decode_all(self):
        count = 0
        while self.film.grab():
            count += 1
        return count

    def seek(self, frame, pts, secs):
        self.film.set(self.cv2.CAP_PROP_POS_FRAMES, frame)
        return self.film.read()[1]

    step_back = seek

    def gray(self, picture):
        return None if picture is None else self.cv2.cvtColor(picture, self.cv2.COLOR_BGR2GRAY)


class PyAv:
    """To the keyframe before the time stamp, then on to the stamp: it is told the stamp, it has no frame numbers."""

    def __init__(self, film):
        try:
            import av
        except ImportError:
            absent()
        self.film = av.open(film)
        self.stream = self.film.streams.video[0]
        self.stream.thread_type = "AUTO"

    def decode_all(self):
        return sum(1 for _ in self.film.decode(self.stream))

    def seek(self, frame, pts, secs):
        self.film.seek(pts, stream=self.stream, backward=True)
        for picture in self.film.decode(self.stream):
            if picture.pts is not None and picture.pts >= pts:
                return picture
        return None

    step_back = seek

    def gray(self, picture):
        return None if picture is None else picture.to_ndarray(format="gray")


class Mpv:
    OPTIONS = ["--no-config", "--vo=null", "--ao=null", "--no-audio", "--really-quiet"]

    def __init__(self, film):
        if shutil.which("mpv") is None:
            absent()
        self.name = film
        self.player = None

    def start(self):
        self.folder = tempfile.mkdtemp()
        path = os.path.join(self.folder, "mpv")
        self.player = subprocess.Popen(
            ["mpv", *self.OPTIONS, "--pause", "--hr-seek=yes", "--keep-open=yes", "--input-ipc-server=" + path, self.name])
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        for _ in range(600):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.05)
        self.lines = self.socket.makefile("r")
        self.command("get_property", "pid")
        if self.ask("time-pos") is None:
            self.wait_for("playback-restart")

    def command(self, *words):
        self.socket.sendall((json.dumps({"command": words}) + "\n").encode())

    def ask(self, name):
        self.socket.sendall((json.dumps({"command": ["get_property", name], "request_id": 7}) + "\n").encode())
        for line in self.lines:
            answer = json.loads(line)
            if answer.get("request_id") == 7:
                return answer.get("data")

    def wait_for(self, event):
        for line in self.lines:
            if json.loads(line).get("event") == event:
                return

    def decode_all(self):
        subprocess.run(["mpv", *self.OPTIONS, "--untimed", "--framedrop=no", self.name], check=True)
        return -1  # it does not tell

    def seek(self, frame, pts, secs):
        if self.player is None:
            self.start()
        self.command("seek", secs, "absolute+exact")
        self.wait_for("playback-restart")

    def step_back(self, frame, pts, secs):
        self.command("frame-back-step")
        self.wait_for("playback-restart")

    def close(self):
        if self.player is not None:
            self.player.terminate()
            self.player.wait()
            shutil.rmtree(self.folder, ignore_errors=True)


def frames_of(name):
    with open(name) as lines:
        for line in lines:
            frame, pts, secs = line.split()
            yield int(frame), int(pts), float(secs)


def timed(work, *arguments):
    begin = time.perf_counter()
    picture = work(*arguments)
    return time.perf_counter() - begin, picture


def wrong_frames(peer, film, asked):
    """Those to which another frame of ffmpeg's is nearer than the one asked for: colours may be rounded differently."""
    import numpy

    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-noautorotate", "-i", film, "-map", "0:v:0", "-fps_mode", "passthrough",
         "-f", "rawvideo", "-pix_fmt", "gray", "-"], check=True, capture_output=True).stdout
    wrong, truth = 0, None
    for frame, pts, secs in asked:
        gray = peer.gray(peer.seek(frame, pts, secs))
        if gray is None:
            wrong += 1
            continue
        if truth is None:
            truth = numpy.frombuffer(raw, numpy.uint8).reshape((-1, *gray.shape))[:, ::3, ::3].astype(numpy.int16)
        wrong += int(numpy.abs(truth - gray[::3, ::3]).mean(axis=(1, 2)).argmin()) != frame
    return wrong


def main():
    name, command, film = sys.argv[1:4]
    peer = {"opencv": OpenCv, "pyav": PyAv, "mpv": Mpv}[name](film)
    if command == "decode":
        secs, count = timed(peer.decode_all)
        print("decoded", count, secs)
        return
    asked = list(frames_of(sys.argv[4]))
    if command == "check":
        print("wrong", wrong_frames(peer, film, asked))
        return
    peer.seek(*asked[0])  # opening and the first picture are not what is timed
    for each in asked[1:]:
        secs, _ = timed(peer.step_back if command == "back" else peer.seek, *each)
        print("seek", secs, flush=True)
    if isinstance(peer, Mpv):
        peer.close()


main()
