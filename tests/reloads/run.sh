#!/usr/bin/env bash
# A node that is reloaded a thousand times under load, and one whose pool of ten thousand backends is; see README.md in this folder.
#   run.sh [--reloads N] [--backends N]
# Prints what was measured; exit 1 when a request failed, or memory, descriptors, threads or series grew.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
export CLUSTERLB_RELOADS=1000 CLUSTERLB_RELOAD_BACKENDS=10000
usage() { sed -n 3p "$0" | cut -c5- >&2; exit 2; }

while [ $# -gt 0 ]; do
  [ $# -gt 1 ] && [[ $2 =~ ^[0-9]{1,6}$ ]] || usage
  case $1 in
    --reloads) CLUSTERLB_RELOADS=$2 ;;
    --backends) CLUSTERLB_RELOAD_BACKENDS=$2 ;;
    *) usage ;;
  esac
  shift 2
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build "$root/tests/ClusterLb.Node.Tests" --nologo -v quiet >&2
# What is measured is what operators run.
case $(uname -m) in aarch64) runtime=linux-arm64 ;; *) runtime=linux-x64 ;; esac
dotnet publish "$root/src/ClusterLb.Node" -c Release -r "$runtime" -o "$work/published" --nologo -v quiet >&2
export TESTED_CLUSTERLB=$work/published/clusterlb
failed=0
dotnet test "$root/tests/ClusterLb.Node.Tests" --no-build --nologo -v quiet --logger "console;verbosity=detailed" \
  --filter "FullyQualifiedName~Reload.ReloadUnderLoadTests|FullyQualifiedName~Reload.LargeReloadTests" >"$work/log" || failed=1
{ grep -E 'reloads: |requests, p50|^ +(Passed|Failed) ' "$work/log"; grep -A12 'Error Message:' "$work/log"; } | awk '!seen[$0]++' || true
exit "$failed"
