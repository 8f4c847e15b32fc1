#!/usr/bin/env bash
# A node whose place another process takes again and again under load; see README.md in this folder.
#   run.sh [--takeovers N]
# Exit 1 when a connection was refused or reset, or a request failed.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
export CLUSTERLB_TAKEOVERS=10
usage() { sed -n 3p "$0" | cut -c5- >&2; exit 2; }

if [ $# -gt 0 ]; then
  [ $# = 2 ] && [ "$1" = --takeovers ] && [[ $2 =~ ^[0-9]{1,4}$ ]] || usage
  CLUSTERLB_TAKEOVERS=$2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build "$root/tests/ClusterLb.Node.Tests" --nologo -v quiet >&2
# What takes over is what operators run.
case $(uname -m) in aarch64) runtime=linux-arm64 ;; *) runtime=linux-x64 ;; esac
dotnet publish "$root/src/ClusterLb.Node" -c Release -r "$runtime" -o "$work/published" --nologo -v quiet >&2
export TESTED_CLUSTERLB=$work/published/clusterlb
dotnet test "$root/tests/ClusterLb.Node.Tests" --no-build --nologo -v quiet --logger "console;verbosity=normal" \
  --filter "FullyQualifiedName~Takeover.TakeoverTests.Takeovers_in_a_row"
