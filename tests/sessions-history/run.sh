#!/usr/bin/env bash
# Sessions on three nodes whose backends and nodes are killed, restarted and frozen, for longer than the tests take; see README.md in this folder.
#   run.sh [--seconds N] [--sessions N] [--seed N] [--mode cookie|app-cookie|header|source-ip]
# Prints a line per mode; exit 1 when a request went to a stranger, an answer was another's, a POST came twice, or a freeze cost a session more than one timeout.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
export CLUSTERLB_HISTORY_SECONDS=100 CLUSTERLB_HISTORY_SESSIONS=200
usage() { sed -n 3p "$0" | cut -c5- >&2; exit 2; }

while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || usage
  case $1 in
    --mode) [[ $2 =~ ^(cookie|app-cookie|header|source-ip)$ ]] || usage; export CLUSTERLB_HISTORY_MODE=$2 ;;
    --seconds|--sessions|--seed) [[ $2 =~ ^[0-9]{1,5}$ ]] || usage; name=${1#--}; export "CLUSTERLB_HISTORY_${name^^}=$2" ;;
    *) usage ;;
  esac
  shift 2
done

log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build "$root/tests/ClusterLb.Node.Tests" --nologo -v quiet >&2
failed=0
dotnet test "$root/tests/ClusterLb.Node.Tests" --no-build --nologo -v quiet --filter "FullyQualifiedName~ClusterLb.Node.Tests.Cluster.SessionHistoryTests" \
  --logger "console;verbosity=detailed" >"$log" || failed=1
# A failure may be the run's own: then what it said is all there is.
{ grep -E 'requests, .* posts|^session [0-9]+: |^ +[0-9.]+(\.\.| lb)| (Passed|Failed) |Test Run' "$log"; grep -A12 'Error Message:' "$log"; } | awk '!seen[$0]++' || true
exit "$failed"
