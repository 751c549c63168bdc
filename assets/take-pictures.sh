#!/usr/bin/env bash
# Takes the README's pictures: starts the real program in a real window on a virtual screen, opens real documents,
# waits until they are read, and photographs the screen into assets/pictures/.
#
# usage: assets/take-pictures.sh          after `cargo build --release`
# needs Debian's xvfb xdotool imagemagick openbox mesa-vulkan-drivers libxkbcommon-x11-0
set -euo pipefail
cd "$(dirname "$0")/.."
program=$PWD/target/release/proofdesk
[ -x "$program" ] || { echo "build it first: cargo build --release" >&2; exit 1; }
for tool in Xvfb xdotool import openbox; do
    command -v "$tool" >/dev/null || { echo "$tool is missing (see the head of this script)" >&2; exit 1; }
done

size=1440x900
export DISPLAY=:${PICTURE_DISPLAY:-93}
home=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$home"' EXIT
Xvfb "$DISPLAY" -screen 0 "${size}x24" -nolisten tcp >/dev/null 2>&1 &
for _ in $(seq 50); do xdotool getdisplaygeometry >/dev/null 2>&1 && break; sleep 0.1; done
printf '<openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*"><decor>no</decor></application></applications></openbox_config>' >"$home/rc.xml"
openbox --sm-disable --config-file "$home/rc.xml" >/dev/null 2>&1 &

# settled: until the program and its workers have had nothing to do for two seconds, a minute at most
settled() {
    local last= now still=0
    for _ in $(seq 120); do
        now=$(cat /proc/"$program_id"/stat $(pgrep -P "$program_id" | sed 's|.*|/proc/&/stat|') 2>/dev/null | awk '{n += $14 + $15} END {print int(n / 4)}')
        if [ "$now" = "$last" ]; then still=$((still + 1)); else still=0; fi
        [ $still -ge 4 ] && return
        last=$now
        sleep 0.5
    done
    echo "the program does not come to rest" >&2
    exit 1
}

export HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config XDG_RUNTIME_DIR=$home
"$program" tests/fixtures/zf_Mustang_RE-20190610_507.pdf tests/fixtures/i2d_coolblue1.pdf tests/fixtures/i2d_oyo.pdf \
    tests/fixtures/icdar13_us-016.pdf tests/fixtures/tess_phototest_rotL.png >"$home/log" 2>&1 &
program_id=$!
window=$(timeout 30 xdotool search --sync --onlyvisible --class proofdesk | tail -n 1)
xdotool windowsize --sync "$window" "${size%x*}" "${size#*x}" windowmove "$window" 0 0 windowactivate --sync "$window"
sleep 2
settled
mkdir -p assets/pictures
photograph() { import -window root -strip -define png:compression-level=9 -colors 200 "assets/pictures/$1.png" && echo "assets/pictures/$1.png"; }
xdotool mousemove 1200 780 key --clearmodifiers Return
settled
photograph desk-light
xdotool key --clearmodifiers ctrl+shift+d
settled
photograph desk-dark

# The guide: a model of one's own, on documents made for it, in a home of its own.
kill "$program_id"; wait "$program_id" 2>/dev/null || true
export XDG_DATA_HOME=$home/guide XDG_CONFIG_HOME=$home/guide-config
notes=$home/notes
python3 assets/notes.py "$notes"
"$program" >"$home/log" 2>&1 &
program_id=$!
window=$(timeout 30 xdotool search --sync --onlyvisible --class proofdesk | tail -n 1)
xdotool windowsize --sync "$window" "${size%x*}" "${size#*x}" windowmove "$window" 0 0 windowactivate --sync "$window"
sleep 3
settled
press() { xdotool key --clearmodifiers "$1"; sleep 0.5; }
click() { xdotool mousemove "$1" "$2" sleep 0.2 click 1; sleep 0.5; }
hand_over() { "$program" "$@" >/dev/null 2>&1; sleep 1; settled; }

press ctrl+t
xdotool type --delay 30 "Delivery notes"
click 560 309
for label in ticket client delivered_on sacks; do
    xdotool type --delay 30 "$label"
    press Return
done
sleep 1
photograph model-new
click 495 488
sleep 1
press Escape
hand_over "$notes"/note-*.pdf
press Home
press ctrl+Down
for _ in 1 2 3 4 5 6 7 8 9 10 11; do press ctrl+Down; done
press m
sleep 1
photograph model-missing
press Escape

# learn FILE: takes the annotations, approves what they are of, trains
learn() {
    hand_over "$1"
    for _ in $(seq "$2"); do
        press ctrl+Return
        press ctrl+Down
    done
    press ctrl+t
    click 1192 771
    sleep 4
    settled
}
for _ in $(seq 14); do press ctrl+Up; done
learn "$notes/annotations-1.json" 5
press Escape
learn "$notes/annotations-2.json" 5
click 622 228
sleep 12
photograph model-results
