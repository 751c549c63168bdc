#!/bin/sh
# Installs what the window's tests draw with, a software Vulkan driver, on a Debian or Ubuntu that lacks one.
# Elsewhere (macOS, Windows, a machine with a GPU) there is nothing to do.
set -eu
[ "$(uname -s)" = Linux ] || exit 0
for folder in /usr/share/vulkan/icd.d /etc/vulkan/icd.d; do
    if ls "$folder"/*.json >/dev/null 2>&1; then exit 0; fi
done
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
if command -v apt-get >/dev/null; then
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends mesa-vulkan-drivers libvulkan1
else
    echo "the window's tests need a Vulkan driver; install your distribution's software one (Mesa's lavapipe)" >&2
    exit 1
fi
