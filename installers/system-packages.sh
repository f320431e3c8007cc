#!/bin/sh
# Installs the Debian packages named on the command line, or prints the one line that would.
set -eu
missing=""
for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then
    sudo=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo="sudo"
else
    echo "These system packages are missing; install them and run make again:"
    echo "  sudo apt-get update && sudo apt-get install --no-install-recommends -y$missing"
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get -o DPkg::Lock::Timeout=200 -qq update
# shellcheck disable=SC2086
$sudo apt-get -o DPkg::Lock::Timeout=200 -qq install --no-install-recommends -y $missing
