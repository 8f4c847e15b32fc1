#!/usr/bin/env bash
# The same load through HAProxy, ClusterLb, nginx, Caddy and YARP, in one run; see README.md in this folder.
#   run.sh [--quick] [--rows REGEX] [--peers NAME,NAME] [--before EXECUTABLE]
# Prints one table and, unless --quick, writes it to results/. Exit 1: a proxy failed its check or a row had errors.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE=false

# Before the builds of this script add to it.
load_average=$(cut -d' ' -f1-3 /proc/loadavg)

missing=()
for pair in haproxy:haproxy nginx:nginx caddy:caddy wrk:wrk h2load:nghttp2-client taskset:util-linux; do
  PATH=$PATH:/usr/sbin command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
[ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || missing+=(libnginx-mod-stream)
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}" >&2
  sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
  $sudo apt-get update -qq
  # RUNLEVEL: the packages need not start their services.
  $sudo env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi
export PATH=$PATH:/usr/sbin

work=$(mktemp -d)
# The workers of nginx are not root and must reach the files.
chmod 711 "$work"
# A number in the list may be somebody else's by now: ours work in our folder.
ours() { [ "$(readlink "/proc/$1/cwd" 2>/dev/null)" = "$work" ]; }
end_all() {
  trap - EXIT INT TERM
  for signal in TERM KILL; do
    alive=0
    for pid in $(cat "$work/pids" 2>/dev/null); do
      ours "$pid" && kill -"$signal" "$pid" 2>/dev/null && alive=1
    done
    [ "$alive" -eq 0 ] || sleep 2
  done
  rm -rf "$work"
}
trap end_all EXIT
trap 'exit 130' INT TERM
for project in src/ClusterLb.Node tests/peers/Yarp tests/peers/Peers; do
  dotnet publish "$root/$project" -c Release --nologo -v quiet >&2
done

ulimit -n "$(ulimit -Hn)"

results=(--results "$here/results")
for word in "$@"; do
  [ "$word" = --quick ] && results=()
done
published=$root/artifacts/publish
cd "$work"
"$published/Peers/release/Peers" run --folder "$work" --clusterlb "$published/ClusterLb.Node/release/clusterlb" \
  --yarp "$published/Yarp/release/YarpReference" --wrk-script "$here/wrk.lua" --load-average "$load_average" "${results[@]}" "$@" &
runner=$!
echo "$runner" > "$work/pids"
wait "$runner"
