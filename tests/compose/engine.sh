# A Docker engine, and how compose files are run. Sourced by run.sh.

engine_pid=
engine_folder=

# start_engine FOLDER: leaves an engine that `docker` speaks to. Where none runs, Debian's is started by hand, with all its files in FOLDER.
start_engine() {
  docker info >/dev/null 2>&1 && return
  local folder=$1 waited
  [ "$(id -u)" -eq 0 ] || { echo "no Docker engine runs, and to start one takes root" >&2; return 2; }
  if ! type dockerd docker docker-compose >/dev/null 2>&1; then
    { apt-get update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends docker.io docker-compose; } \
      >"$folder/apt.log" 2>&1 || { tail -n 20 "$folder/apt.log" >&2; return 2; }
    docker info >/dev/null 2>&1 && return
  fi
  # Named, a table is written also when it is not there yet.
  { iptables-save --table filter && iptables-save --table nat; } > "$folder/iptables"
  cat /proc/sys/net/ipv4/ip_forward > "$folder/ip_forward"
  engine_folder=$folder
  export DOCKER_HOST=unix://$folder/docker.sock
  dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/docker.pid" \
    >"$folder/dockerd.log" 2>&1 &
  engine_pid=$!
  for waited in $(seq 120); do
    docker info >/dev/null 2>&1 && return
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.5
  done
  echo "the Docker engine does not start:" >&2
  tail -n 20 "$folder/dockerd.log" >&2
  return 2
}

# Ends the engine if it is ours, and takes back what it leaves: its bridge, its rules, forwarding.
end_engine() {
  [ -n "$engine_pid" ] || return 0
  kill "$engine_pid" 2>/dev/null
  wait "$engine_pid" 2>/dev/null
  engine_pid=
  ip link delete docker0 2>/dev/null
  iptables-restore < "$engine_folder/iptables"
  cat "$engine_folder/ip_forward" > /proc/sys/net/ipv4/ip_forward
}

# compose ARGUMENT...: the newer `docker compose` or the older `docker-compose`, whichever is there.
compose() {
  if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}
