#!/usr/bin/env bash
# Runs docker-compose.yml as it is, kills and restarts what it starts, and counts the requests of its client; see README.md in this folder.
# Needs Docker, or root on Debian and its kin, where it brings an engine of its own. Prints a line for each step, and at last N passed, N failed.
# Everything it makes, it removes.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export PATH=$PATH:/usr/sbin DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
work=$(mktemp -d)
# A copy, since the configuration in it is changed while it runs.
tree=$work/tree
project=clusterlb-test-$$
# shellcheck source=tests/compose/engine.sh
. "$root/tests/compose/engine.sh"
# shellcheck source=tests/compose/images.sh
. "$root/tests/compose/images.sh"

passed=0 failed=0 made=()

lb() { compose --project-name "$project" --file "$tree/docker-compose.yml" "$@"; }
container() { docker ps --all --quiet --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1"; }
at() { local node=$1; shift; docker exec "$(container "$node")" clusterlb "$@"; }
status() { at "$1" status --json; }
said() { docker logs --tail 1 "$(container client)" 2>&1; }
in_all() { said | sed -nE 's/.*in all ([0-9]+), ([0-9]+) failed, ([0-9]+) sent again.*/\1 \2 \3/p'; }
# How many requests the client's last line gives to a backend.
share() { said | sed -nE "s/.*[;,] $1 ([0-9]+)[;,].*/\1/p" | grep . || echo 0; }
addresses() { said | sed -nE 's/^lb is ([^;]*);.*/\1/p' | wc -w; }
now() { date +%s%N; }
seconds() { awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f", (to - from) / 1e9 }'; }

remove_all() {
  trap - EXIT INT TERM
  docker rm --force "$project-b4" >/dev/null 2>&1
  lb down --volumes --timeout 5 >/dev/null 2>&1
  # Of an engine that was there, nothing is left either.
  [ -n "$engine_pid" ] || docker image rm "${made[@]}" "${stand_ins[@]}" >/dev/null 2>&1
  end_engine
  rm -rf "$work"
}
trap remove_all EXIT
trap 'exit 130' INT TERM

# until_so WHAT SECONDS COMMAND...: waits for the command to succeed.
until_so() {
  local what=$1 end=$(( SECONDS + $2 ))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if (( SECONDS >= end )); then wrong "$what: not within time"; return 1; fi
    sleep 0.25
  done
}
wrong() { echo "    $*"; (( wrongs++ )); }
is() { [ "$2" = "$3" ] || wrong "$1: $2, not $3"; }

nodes_up() { [ "$(status "$1" | jq '[.nodes[] | select(.status == "up" and .is_reachable and .phase == "ready")] | length')" = "$2" ]; }
state_of() { status "$1" | jq -r --arg name "$2" '.pools[0].backends[] | select(.name == $name) | .state'; }
is_state() { [ "$(state_of "$1" "$2")" = "$3" ]; }
store_is() { [ "$(status "$1" | jq .store.is_up)" = "$2" ]; }
epochs() { status lb1 | jq -r '[.nodes[].epoch] | unique | map(tostring) | join(" ")'; }
epoch_is() { [ "$(epochs)" = "$1" ]; }
agrees() { [ "$(status "$1" | jq .config.agrees)" = true ]; }
# The file that all nodes read, with these lines after it.
configure() { { cat "$root/hocon/compose.conf"; echo "$*"; } >"$tree/hocon/compose.conf"; }
has_share() { (( $(share "$1") >= 4 )); }
has_no_share() { (( $(share "$1") == 0 )); }
is_healthy() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$(container "$1")")" = healthy ]; }
has_addresses() { [ "$(addresses)" = "$1" ]; }
has_said_more() { [ "$(in_all)" != "$1" ]; }
# A client with a session, through the port of one node.
session() { curl --silent --fail --max-time 5 --cookie "$work/jar" --cookie-jar "$work/jar" "http://127.0.0.1:$1/"; }

# step NAME FUNCTION: what the client lost while it ran is counted as wrong.
step() {
  local name=$1 from before after
  wrongs=0 from=$(now)
  before=$(in_all)
  "$2"
  # The line of the second that ends now.
  until_so "the client says something" 5 has_said_more "$(in_all)"
  after=$(in_all)
  read -r requests lost again <<< "$(awk '{ print $4 - $1, $5 - $2, $6 - $3 }' <<< "$before $after")"
  (( lost == 0 )) || { wrong "$lost requests failed"; docker logs "$(container client)" 2>&1 | grep -v ', 0 failed; ' | tail -n 3; }
  if (( wrongs == 0 )); then (( passed++ )); else (( failed++ )); fi
  printf '%-16s %6d requests  %d failed  %2d sent again  %5s s\n' "$name" "$requests" "$lost" "$again" "$(seconds "$from")"
}

balances() {
  local backend port
  sleep 3
  for backend in b1 b2 b3; do (( $(share $backend) >= 5 )) || wrong "$backend has $(share $backend) of 40 requests"; done
  for port in 8081 8082 8083; do curl --silent --fail --max-time 5 "http://127.0.0.1:$port/" | grep -q '^hello from b' || wrong "port $port"; done
  is "addresses of lb" "$(addresses)" 3
}
is_hardened() {
  local name
  for name in lb1 lb2 lb3 b1 b2 b3 redis client secrets; do
    is "$name: read-only, privileges" "$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}' "$(container $name)")" \
      'true [ALL] [no-new-privileges:true]'
    case $(docker inspect --format '{{.Config.User}}' "$(container $name)") in ''|root|0*) wrong "$name runs as root" ;; esac
  done
  docker exec "$(container lb1)" sh -c true >/dev/null 2>&1 && wrong "there is a shell"
  docker exec --env CLUSTERLB_TOKEN_FILE= "$(container lb1)" clusterlb status --admin http://lb2:9000 >/dev/null 2>&1 && wrong "lb2 takes commands without a token"
  at lb1 status --admin http://lb2:9000 >/dev/null || wrong "lb2 does not take its token"
  docker exec "$(container redis)" redis-cli get x 2>&1 | grep -q NOAUTH || wrong "Redis needs no password"
  docker exec "$(container redis)" cat /run/secrets/lb1.key >/dev/null 2>&1 && wrong "Redis reads a node's key"
  docker exec "$(container lb1)" clusterlb check --strict --config /etc/clusterlb/compose.conf >/dev/null || wrong "check --strict"
}
node_dies() {
  lb kill lb2 >/dev/null 2>&1
  until_so "lb stands for the two others" 10 has_addresses 2
  until_so "lb2 is gone for the others" 20 nodes_up lb1 2
  lb start lb2 >/dev/null 2>&1
  until_so "lb2 is healthy again" 60 is_healthy lb2
  until_so "lb2 is back" 30 nodes_up lb2 3
}
backend_dies() {
  lb kill b2 >/dev/null 2>&1
  for node in lb1 lb2 lb3; do until_so "$node knows that b2 is down" 15 is_state $node b2 down; done
  lb start b2 >/dev/null 2>&1
  for node in lb1 lb2 lb3; do until_so "$node knows that b2 is up" 60 is_state $node b2 up; done
}
redis_stops() {
  local home
  home=$(session 8081)
  lb stop redis >/dev/null 2>&1
  until_so "nodes miss Redis" 15 store_is lb1 false
  for port in 8081 8082 8083; do is "the session through $port" "$(session $port)" "$home"; done
  lb start redis >/dev/null 2>&1
  for node in lb1 lb2 lb3; do until_so "$node has Redis again" 30 store_is $node true; done
  is "the session at last" "$(session 8083)" "$home"
}
backend_drains() {
  at lb3 backend drain app/b1 --wait >/dev/null 2>&1 || wrong "drain"
  sleep 2
  is "requests to b1 while it is drained" "$(share b1)" 0
  at lb2 backend ready app/b1 >/dev/null || wrong "ready"
  until_so "b1 is up" 10 is_state lb1 b1 up
}
node_drains() {
  at lb1 node drain lb3 >/dev/null || wrong "drain"
  until_so "lb3 is not ready" 10 bash -c "! docker exec $(container lb3) clusterlb health --admin http://127.0.0.1:9100"
  at lb1 node ready lb3 >/dev/null || wrong "ready"
  until_so "lb3 is ready" 10 at lb3 health --admin http://127.0.0.1:9100
}
rolling_restart() {
  local node
  for node in lb1 lb2 lb3; do
    lb restart $node >/dev/null 2>&1
    until_so "$node is healthy again" 60 is_healthy $node
    until_so "$node is back" 30 nodes_up $node 3
    is "$node ended by itself" "$(docker inspect --format '{{.State.OOMKilled}} {{.RestartCount}}' "$(container $node)")" "false 0"
  done
}
secrets_again() {
  lb restart secrets >/dev/null 2>&1
  is "secrets made again" "$(docker logs --tail 1 "$(container secrets)" 2>&1)" "/run/secrets: all there"
}

scales_backends() {
  docker run --detach --name "$project-b4" --network "${project}_default" --read-only --cap-drop ALL clusterlb demo backend b4 --bind 0.0.0.0:8080 \
    >/dev/null || wrong "b4 does not start"
  configure "clusterlb.pools.app.backends.b4.address = \"$project-b4:8080\""
  at lb2 reload --all >/dev/null || wrong "reload --all with b4"
  for node in lb1 lb2 lb3; do until_so "$node knows that b4 is up" 20 is_state $node b4 up; done
  until_so "b4 has its share" 20 has_share b4
  configure ""
  at lb3 reload --all >/dev/null || wrong "reload --all without b4"
  until_so "b4 has no share any more" 20 has_no_share b4
  sleep 1
  docker rm --force "$project-b4" >/dev/null
}
reloads() {
  local node
  configure "clusterlb.pools.app.timeouts.response = 20s"
  at lb1 reload >/dev/null || wrong "reload of lb1"
  until_so "lb2 sees that lb1 differs" 5 bash -c "! docker exec $(container lb2) clusterlb status --json | jq --exit-status .config.agrees"
  for node in lb2 lb3; do at $node reload >/dev/null || wrong "reload of $node"; done
  for node in lb1 lb2 lb3; do until_so "$node sees that all agree" 10 agrees $node; done
}
reloads_all() {
  local before said
  before=$(epochs)
  configure "clusterlb.pools.app.balnce = random"
  said=$(at lb2 reload --all 2>&1) && wrong "a bad file is taken"
  grep -q "^lb2: .*pools.app.balnce: unknown key" <<< "$said" || wrong "of a bad file is said: $said"
  is "epochs after a bad file" "$(epochs)" "$before"
  configure ""
  at lb2 reload --all >/dev/null || wrong "reload --all"
  until_so "all are at one epoch" 5 epoch_is $(( before + 1 ))
  lb kill lb3 >/dev/null 2>&1
  configure "clusterlb.pools.app.timeouts.response = 25s"
  said=$(at lb1 reload --all 2>&1) && wrong "all have switched without lb3"
  grep -qE "^lb3: (cannot be reached|did not answer)" <<< "$said" || wrong "of a dead node is said: $said"
  configure ""
  lb start lb3 >/dev/null 2>&1
  until_so "lb3 is healthy again" 60 is_healthy lb3
  until_so "lb3 is back" 30 nodes_up lb1 3
}

type jq curl >/dev/null 2>&1 || { apt-get update && apt-get install --yes --no-install-recommends jq curl; } >"$work/tools.log" 2>&1 \
  || { cat "$work/tools.log" >&2; exit 2; }
from=$(now)
mkdir "$tree"
tar -C "$root" --exclude ./artifacts --exclude ./.git -cf - . | tar -C "$tree" -xf -
start_engine "$work" || exit 2
engine_time=$(seconds "$from") from=$(now)
default_of() { sed -n "s/^ARG $1=//p" "$root/deploy/Dockerfile"; }
have_image "$(default_of SDK_IMAGE)" make_sdk_image || exit 2
have_image "$(default_of RUNTIME_IMAGE)" make_runtime_image || exit 2
have_image "$(sed -n 's/.*REDIS_IMAGE:-\(.*\)}.*/\1/p' "$root/docker-compose.yml")" make_redis_image || exit 2
images_time=$(seconds "$from") from=$(now)
docker image inspect clusterlb >/dev/null 2>&1 || made=(clusterlb)
lb up --build --detach >"$work/up.log" 2>&1 || { tail -n 40 "$work/up.log"; lb logs --tail 20; echo "0 passed, 1 failed"; exit 1; }
echo "engine ${engine_time} s, images ${images_time} s, up --build $(seconds "$from") s; clusterlb is $(docker image inspect --format '{{.Size}}' clusterlb | awk '{ printf "%.0f MB", $1 / 1e6 }')"
wrongs=0
until_so "three nodes are up" 60 nodes_up lb1 3
until_so "the client sees three" 30 has_addresses 3

step balance balances
step hardened is_hardened
step "node killed" node_dies
step "backend killed" backend_dies
step "Redis stopped" redis_stops
step "backend drained" backend_drains
step "node drained" node_drains
step "rolling restart" rolling_restart
step "backends scaled" scales_backends
step "reload" reloads
step "reload --all" reloads_all
step "secrets again" secrets_again
(( failed == 0 )) || lb logs --tail 60 lb1 lb2 lb3

lb down --volumes >/dev/null 2>&1
left=$(docker ps --all --quiet --filter "label=com.docker.compose.project=$project"; docker volume ls --quiet --filter "label=com.docker.compose.project=$project")
if [ -z "$left" ]; then (( passed++ )); else echo "down leaves $left"; (( failed++ )); fi
echo "$passed passed, $failed failed"
(( failed == 0 ))
