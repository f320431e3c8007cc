#!/bin/sh
# Shows that a frozen folder works: its window opens under Xvfb, and it does the headless demo from end to end.
set -eu
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_DATA_HOME="$work/data" XDG_CONFIG_HOME="$work/config"
cd "$work"
"$folder/prosector" --version
# The window has 20 s to come up and stay up; `timeout` ending it (124) is what we want to see.
status=0
timeout 20 xvfb-run -a -s "-screen 0 1920x1080x24" env QT_QPA_PLATFORM=xcb "$folder/prosector" open || status=$?
[ "$status" = 124 ] || { echo "the frozen window ended by itself (exit status $status)"; exit 1; }
"$folder/prosector" demo --headless --output "$work/demo-output"
test -s "$work/demo-output/journey.json"
du -sh "$folder"
echo "The frozen program works."
