#!/usr/bin/env bash
# Three nodes with TLS in network namespaces of their own; one is cut off and comes back, then the one with the monitor; see README.md in this folder.
#   run.sh [ROUNDS]
# Prints what was seen and the times; exit 1 when something was not as it must be. Everything it makes, it removes.
set -euo pipefail
rounds=${1:-1}
root=$(cd "$(dirname "$0")/../.." && pwd)
export PATH=$PATH:/usr/sbin DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

[[ $rounds =~ ^[1-9][0-9]?$ ]] || { echo "usage: $0 [ROUNDS], 1 to 99" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "it makes network namespaces, which needs root" >&2; exit 2; }
for tool in ip nft openssl curl jq python3 dotnet; do
  command -v "$tool" >/dev/null || { echo "$tool is missing (Debian: iproute2 nftables openssl curl jq python3, and the .NET 10 SDK)" >&2; exit 2; }
done

work=$(mktemp -d)
ns=clb$$
clients=()
remove_all() {
  trap - EXIT INT TERM
  for pid in "${clients[@]}"; do kill "$pid" 2>/dev/null || true; done
  # Whatever runs in a namespace of ours is ours.
  for name in lan lb1 lb2 lb3; do
    for pid in $(ip netns pids "$ns-$name" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
    ip netns delete "$ns-$name" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap remove_all EXIT
trap 'exit 130' INT TERM
fail() {
  echo "FAILED: $*" >&2
  for node in 1 2 3; do echo "--- lb$node" >&2; grep -v 'Akka.Actor' "$work/lb$node.log" 2>/dev/null | cut -c1-300 | tail -n 15 >&2; done
  exit 1
}

dotnet build "$root/src/ClusterLb.Node" -c Release --nologo -v quiet >&2
clusterlb=$root/artifacts/bin/ClusterLb.Node/release/clusterlb
"$root/deploy/tls/make-certificates.sh" "$work/tls" lb1 lb2 lb3 >/dev/null

# One switch with the backends on it, one wire to each node: a cut between nodes leaves both sides their backends.
ip netns add "$ns-lan"
ip -n "$ns-lan" link set lo up
ip -n "$ns-lan" link add lan type bridge
ip -n "$ns-lan" address add 10.77.0.254/24 dev lan
ip -n "$ns-lan" link set lan up
for node in 1 2 3; do
  ip netns add "$ns-lb$node"
  ip -n "$ns-lan" link add "port$node" type veth peer name eth0 netns "$ns-lb$node"
  ip -n "$ns-lan" link set "port$node" master lan up
  ip -n "$ns-lb$node" address add "10.77.0.$node/24" dev eth0
  ip -n "$ns-lb$node" link set lo up
  ip -n "$ns-lb$node" link set eth0 up
done

at() { local node=$1; shift; ip netns exec "$ns-lb$node" "$@"; }

backend() {
  mkdir -p "$work/b$1"
  echo "b$1" > "$work/b$1/index.html"
  ip netns exec "$ns-lan" python3 -m http.server "900$1" --bind 10.77.0.254 --directory "$work/b$1" >/dev/null 2>&1 &
  backends[$1]=$!
  disown
}
declare -A backends
for i in 1 2 3; do backend "$i"; done

start() {
  local settings=(
    node.name="lb$1" node.host="10.77.0.$1" node.event-loops=1 listeners.web.bind=0.0.0.0:8080 listeners.web.pool=app
    'cluster.seeds=["10.77.0.1:4053","10.77.0.2:4053","10.77.0.3:4053"]'
    cluster.tls.certificate="$work/tls/lb$1.pem" cluster.tls.key="$work/tls/lb$1.key" cluster.tls.ca="$work/tls/ca.pem"
    pools.app.balance=round-robin pools.app.health.path=/ pools.app.health.interval=1s pools.app.health.timeout=500ms pools.app.passive.eject=1s
    pools.app.backends.b1.address=10.77.0.254:9001 pools.app.backends.b2.address=10.77.0.254:9002 pools.app.backends.b3.address=10.77.0.254:9003)
  local arguments=()
  for setting in "${settings[@]}"; do arguments+=(--set "$setting"); done
  ip netns exec "$ns-lb$1" "$clusterlb" run "${arguments[@]}" 2>>"$work/lb$1.log" &
  disown
}

# A client per node: ten requests a second, until it is killed or its namespace is gone.
client() {
  while [ -e "/run/netns/$ns-lb$1" ]; do
    at "$1" curl -s -m 3 -o /dev/null -w '%{http_code}\n' http://127.0.0.1:8080/ >> "$work/client$1" || true
    sleep 0.1
  done
}
served() { grep -c '^200$' "$work/client$1" || true; }
failed() { grep -vc '^200$' "$work/client$1" || true; }

now() { echo "${EPOCHREALTIME/./}"; }
# since MICROSECONDS: seconds, with two decimals.
since() { local passed=$(( $(now) - $1 )); printf '%d.%02d' $((passed / 1000000)) $((passed % 1000000 / 10000)); }
status() { at "$1" curl -s -m 2 http://127.0.0.1:9000/api/v1/status; }
is() { status "$1" 2>/dev/null | jq -e "$2" >/dev/null 2>&1; }
# wait_for NODE JQ WHAT: until it is so, at most 40 s.
wait_for() {
  local started; started=$(now)
  until is "$1" "$2"; do
    [ $(( $(now) - started )) -lt 40000000 ] || fail "lb$1 never came to be so: $3"
    sleep 0.02
  done
}
# command_at NODE EXIT-CODE ARGUMENT...
command_at() {
  local node=$1 wanted=$2 said code=0
  shift 2
  said=$(at "$node" "$clusterlb" "$@" 2>&1) || code=$?
  [ "$code" -eq "$wanted" ] || fail "lb$node: clusterlb $* ended with $code instead of $wanted: $said"
  echo "  lb$node: $said"
}
figure() { printf '%-72s %s\n' "$1" "$2"; }

whole='(.state == "ready") and (.control_plane.refusal == "") and ([.nodes[] | select(.status == "up" and .is_reachable)] | length == 3)'
cut_off() {
  at "$1" nft -f - <<RULES
table inet cut {
  chain in { type filter hook input priority 0; ip saddr { 10.77.0.1, 10.77.0.2, 10.77.0.3 } drop; }
  chain out { type filter hook output priority 0; ip daddr { $2 } drop; }
}
RULES
}
heal() { at "$1" nft delete table inet cut; }

# partition CUT A B: CUT is alone, A and B have each other.
partition() {
  local cut=$1 a=$2 b=$3 others="10.77.0.$2, 10.77.0.$3" monitor term started
  monitor=$(status "$a" | jq -r '.nodes[] | select(.is_monitor).name')
  term=$(status "$a" | jq -r --arg name "lb$a" '.nodes[] | select(.name == $name).verdicts | split(".")[0]')
  local restarts; restarts=$(status "$cut" | jq '.control_plane.restarts')
  echo; echo "lb$cut is cut off from lb$a and lb$b; the monitor is on $monitor"
  cut_off "$cut" "$others"
  started=$(now)

  wait_for "$a" ".nodes[] | select(.name == \"lb$cut\") | .[\"is-reachable\"] | not" "lb$cut is unreachable"
  figure "unreachable to lb$a" "$(since "$started") s"
  wait_for "$cut" '.control_plane.refusal != ""' "it refuses commands"
  figure "the minority refuses commands" "$(since "$started") s"
  command_at "$cut" 1 backend drain app/b1
  command_at "$a" 0 backend drain app/b2 --wait --timeout 10s
  figure "the majority took a command and it is done on both" "$(since "$started") s"
  for node in "$a" "$b"; do wait_for "$node" '.nodes | length == 2' "lb$cut is removed"; done
  figure "removed by the majority" "$(since "$started") s"
  if [ "$monitor" = "lb$cut" ]; then
    wait_for "$a" ".nodes[] | select(.name == \"lb$a\").verdicts | split(\".\")[0] | tonumber > $term" "it hears a new monitor"
    figure "a new monitor's word on the majority's side" "$(since "$started") s"
  fi
  wait_for "$cut" ".[\"control-plane\"] | .running and .restarts > $restarts" "its control plane began anew"
  figure "the minority's control plane began anew, in no cluster" "$(since "$started") s"

  # Both sides are left to themselves with a backend that dies.
  kill -KILL "${backends[3]}"
  started=$(now)
  for node in "$a" "$b"; do wait_for "$node" '.pools[0].backends[] | select(.name == "b3").state == "down"' "b3 is down"; done
  figure "a backend that dies meanwhile: DOWN on the majority's side" "$(since "$started") s"
  wait_for "$cut" '.pools[0].backends[] | select(.name == "b3").state | . == "down" or . == "ejected"' "b3 is out of rotation"
  figure "the same on the minority's side, out of rotation" "$(since "$started") s"
  backend 3
  command_at "$cut" 1 backend drain app/b1

  heal "$cut"
  started=$(now)
  wait_for "$cut" "$whole" "the cluster is whole"
  for node in "$a" "$b"; do wait_for "$node" "$whole" "the cluster is whole"; done
  figure "healed: one cluster of three, all ready" "$(since "$started") s"
  wait_for "$cut" '.pools[0].backends[] | select(.name == "b2").admin == "drained"' "b2 is drained there too"
  figure "what was commanded meanwhile is known to who was cut off" "$(since "$started") s"
  for node in 1 2 3; do wait_for "$node" '.pools[0].backends[] | select(.name == "b3").state == "up"' "b3 is up"; done
  command_at "$cut" 0 backend ready app/b2
  for node in 1 2 3; do wait_for "$node" '.pools[0].backends[] | select(.name == "b2").admin == "ready"' "b2 is ready"; done
}

echo "$(nproc) cores, load average $(cut -d' ' -f1-3 /proc/loadavg)"
started=$(now)
for node in 1 2 3; do start "$node"; done
for node in 1 2 3; do wait_for "$node" "$whole" "the cluster is whole"; done
figure "three nodes with TLS started at once: one cluster, all ready" "$(since "$started") s"
for node in 1 2 3; do
  wait_for "$node" '[.pools[0].backends[] | select(.state == "up")] | length == 3' "all backends are up"
  client "$node" &
  clients+=($!)
  disown
done

for ((round = 1; round <= rounds; round++)); do
  partition 3 1 2
  # The oldest node has the monitor; it is young when it has been cut off, so the next round has another one.
  monitor=$(status 1 | jq -r '.nodes[] | select(.is_monitor).name[2:]')
  partition "$monitor" $((monitor % 3 + 1)) $(((monitor + 1) % 3 + 1))
done

for pid in "${clients[@]}"; do kill "$pid"; done
echo
for node in 1 2 3; do
  figure "requests through lb$node from start to end" "$(served "$node") served, $(failed "$node") failed"
  [ "$(failed "$node")" -eq 0 ] || fail "requests failed through lb$node"
done
