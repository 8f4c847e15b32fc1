#!/usr/bin/env bash
# Builds everything, publishes the program and runs every test; tests of nodes start what was published.
#   run.sh [--compose|--faults]
# With --compose it runs docker-compose.yml and its faults instead (tests/compose), which needs Docker, or root to bring an engine.
# With --faults it runs every scenario of tests/ClusterLb.Faults instead, short; those that cut networks need root.
# Needs the .NET 10 SDK; a Redis, a Prometheus, keepalived, dig, unbound or openssl that is missing is installed on Debian and its kin. Prints one closing line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
  '') ;;
  --compose) exec tests/compose/run.sh ;;
  --faults) ;;
  *) echo "usage: $0 [--compose|--faults]" >&2; exit 2 ;;
esac
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE=false MSBUILDDISABLENODEREUSE=1

# keepalived and unbound are there, which a user who is not root does not look for.
export PATH="$PATH:/usr/sbin"

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

has_servers() { type redis-server redis-sentinel redis-cli prometheus promtool keepalived dig unbound unbound-checkconf systemd-analyze openssl >/dev/null 2>&1; }
install_servers() {
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo -n)
  "${root[@]}" apt-get update -qq && "${root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server redis-sentinel prometheus keepalived bind9-dnsutils unbound systemd openssl
}
has_servers || install_servers >"$results/apt.log" 2>&1 || cat "$results/apt.log"
has_servers || echo "redis-server, redis-sentinel, redis-cli, prometheus, promtool, keepalived, dig, unbound, systemd-analyze or openssl is missing: tests that need them will fail"

if [ "${1:-}" = --faults ]; then
  dotnet run --project tests/ClusterLb.Faults --configuration Release -- --scenario all --duration 8s --seed 1
  exit
fi

# Optimised: many tests are simulations, and what is tested is what is shipped.
dotnet build ClusterLb.sln -p:Optimize=true --nologo --verbosity quiet || { echo "0 passed, 1 failed"; exit 1; }

# run PROJECT [PART FILTER]: all its tests, or those that the filter takes.
run() {
  local project=ClusterLb.$1.Tests name=ClusterLb.$1.Tests${2:+.$2}
  dotnet test "tests/$project/$project.csproj" --no-build --nologo --verbosity quiet --blame-hang-timeout 120s --results-directory "$results" \
    ${3:+--filter "$3"} --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" || touch "$results/$name.failed"
}

# Most tests of actors and of nodes wait for time to pass: lanes side by side keep two cores busy. Within a lane tests run one by one.
run ControlPlane &
{ for project in DataPlane Redis Core Faults; do run "$project"; done; } &

dotnet format whitespace . --folder --exclude artifacts --verify-no-changes || touch "$results/format.failed"
# Nodes are started by the hundred and none lives for long: what is published starts with less work, and is not made faster while it runs.
# Its sources were looked at when everything was built.
case $(uname -m) in aarch64) runtime=linux-arm64 ;; *) runtime=linux-x64 ;; esac
if dotnet publish src/ClusterLb.Node --configuration Release --runtime "$runtime" --nologo --verbosity quiet \
  -p:RunAnalyzers=false --output "$results/published"; then
  export TESTED_CLUSTERLB=$results/published/clusterlb DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=2710
  node='FullyQualifiedName~ClusterLb.Node.Tests.'
  run Node Clusters "${node}Cluster." &
  run Node Operators "${node}Admin.|${node}Commands.|${node}Demo.|${node}Docs.|${node}Reload." &
  other=${node/'~'/'!~'}
  run Node Alone "${other}Cluster.&${other}Admin.&${other}Commands.&${other}Demo.&${other}Docs.&${other}Reload." &
fi
wait
# A project of which no line above knows, or that died without a result file, has failed too.
for project in tests/*.Tests; do
  compgen -G "$results/$(basename "$project")*.trx" >/dev/null || { echo "$project has no result"; touch "$results/$(basename "$project").failed"; }
done
failed_projects=$(find "$results" -name '*.failed' | wc -l)

passed=$(cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*>' | grep -o ' passed="[0-9]*"' | tr -dc '0-9\n' | awk '{s+=$1} END {print s+0}')
failed=$(cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*>' | grep -o ' failed="[0-9]*"' | tr -dc '0-9\n' | awk '{s+=$1} END {print s+0}')
[ "$failed_projects" -gt 0 ] && [ "$failed" -eq 0 ] && failed=$failed_projects
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
