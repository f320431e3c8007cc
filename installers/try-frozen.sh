#!/bin/sh
# Shows that a frozen folder works by itself: it reads compressed DICOM, its window opens under Xvfb, it does the headless
# demo from end to end, and its watcher and worker start and stop. The picture of the window is left beside the folder.
set -eu
folder=$(cd "$1" && pwd)
python=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin/python
work=$(mktemp -d)
screen="" window="" watcher="" scheduler="" worker=""
trap 'kill $window $screen $watcher $worker $scheduler 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/home"
cd "$work"

# The program sees an empty home, and of this machine only the system: no virtual environment and no settings.
# With `exec`, so that the process of a frozen program in the background is that program.
frozen() {
    exec env -i HOME="$work/home" PATH=/usr/bin:/bin LANG=C.UTF-8 ${DISPLAY:+DISPLAY="$DISPLAY"} "$folder/prosector" "$@"
}

fail() {
    echo "The frozen program failed: $1." >&2
    exit 1
}

# The same study with one syntax for each decoder that travels along: JPEG lossless, JPEG 2000, JPEG-LS, RLE.
compress() {
    "$python" - "$1" "$2" <<'END'
import subprocess
import sys
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

source, target = map(Path, sys.argv[1:])
target.mkdir()
for number, path in enumerate(sorted(source.rglob("*.dcm"))):
    compressed = target / f"{number:04}.dcm"
    if number % 4 == 0:
        subprocess.run(["dcmcjpeg", path, compressed], check=True)
    else:
        dataset = dcmread(path)
        dataset.compress((JPEG2000Lossless, JPEGLSLossless, RLELossless)[number % 4 - 1], generate_instance_uid=False)
        dataset.save_as(compressed)
END
}

# What was found, without identifiers made anew and times.
found() {
    sed -e '/uid"/d' -e '/"timings_s"/,/}/d' "$1/findings.json"
}

look_at_window() {
    Xvfb -displayfd 1 -screen 0 1920x1080x24 -nolisten tcp >display 2>/dev/null &
    screen=$!
    until [ -s display ]; do
        kill -0 "$screen" || fail "Xvfb does not start"
        sleep 0.1
    done
    DISPLAY=:$(cat display) && export DISPLAY
    (frozen open --study "$work/phantom") &
    window=$!
    studies="$work/home/.local/share/prosector/studies"
    for _ in $(seq 60); do
        kill -0 "$window" || fail "its window ended by itself"
        [ "$(count "$studies")" = "$(count "$work/phantom")" ] && break || sleep 1
    done
    [ "$(count "$studies")" = "$(count "$work/phantom")" ] || fail "its window did not import a study in a minute"
    xwininfo -root -tree | grep '"Prosector": ("prosector".* [0-9]\{4\}x' || fail "it shows no window"
    sleep 3
    "$python" - "$1" <<'END'
import sys

from PIL import ImageGrab

picture = ImageGrab.grab(xdisplay="")
picture.save(sys.argv[1])
sys.exit(picture.getcolors(100) is not None and "The frozen program failed: its window is empty.")
END
    kill -0 "$window" || fail "its window ended by itself"
    kill -TERM "$window"
    wait "$window" || fail "its window did not end as when it is closed"
    window=""
    unset DISPLAY
}

count() {
    find "$1" -type f -name '*.dcm' 2>/dev/null | wc -l
}

# Waits until process $2 says $1 in the file $3.
hears() {
    until grep -q "$1" "$3"; do
        kill -0 "$2" || fail "it never said “$1”: $(tail -n 3 "$3")"
        sleep 0.1
    done
}

# Nobody listens where its archive is said to be: it starts all the same, and asks a scheduler of Dask for work.
watch_and_work() {
    mkdir -p home/.config/prosector
    cat >home/.config/prosector/prosector.toml <<'END'
[[archives]]
name = "PACS"
ae_title = "PACS"
host = "127.0.0.1"
port = 104
[watch]
store_to = "PACS"
forward = false
http_port = 0
END
    (frozen watch) >watcher.txt 2>&1 &
    watcher=$!
    hears Watching "$watcher" watcher.txt
    "$python" -m distributed.cli.dask_scheduler --host 127.0.0.1 --port 0 --no-dashboard >scheduler.txt 2>&1 &
    scheduler=$!
    hears 'Scheduler at:' "$scheduler" scheduler.txt
    (frozen worker "$(grep -o 'tcp://[0-9.:]*' scheduler.txt | head -n 1)") >worker.txt 2>&1 &
    worker=$!
    hears 'Registered to' "$worker" worker.txt
    kill -TERM "$watcher" "$worker"
    wait "$watcher" && wait "$worker" || fail "its watcher or its worker did not end as when it is asked to"
    kill "$scheduler"
    watcher="" worker="" scheduler=""
}

(frozen --version)
(frozen --help) | grep -q ' open ' || fail "it does not know its own commands"
(frozen phantom "$work/phantom")
(frozen analyse "$work/phantom" --output "$work/plain")
compress "$work/phantom" "$work/packed"
(frozen analyse "$work/packed" --output "$work/unpacked")
found plain >plain.txt
found unpacked | diff plain.txt - || fail "it finds something else in compressed images"

look_at_window "$(dirname "$folder")/window.png"

(frozen demo --headless --output "$work/demo")
grep -q '"verify"' demo/journey.json || fail "the demo did not come to its end"
! grep '"outcome"' demo/journey.json | grep -v '"done"' || fail "a step of the demo was not done"
(frozen verify demo/objects/sr/*.dcm demo/report.pdf --ca demo/signer.pem)
watch_and_work

du -sh "$folder"
echo "The frozen program works."
