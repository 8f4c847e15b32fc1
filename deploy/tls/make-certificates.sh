#!/usr/bin/env bash
# An authority for one cluster and a certificate for each of its nodes, for cluster.tls. Needs openssl.
#   make-certificates.sh FOLDER NODE...
# Makes FOLDER/ca.pem, and FOLDER/NODE.pem with FOLDER/NODE.key; keeps an authority that is there. Guard ca.key: whoever has it makes nodes.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: $0 FOLDER NODE..." >&2; exit 2; }
folder=$1
shift
mkdir -p "$folder"
umask 077
if [ ! -e "$folder/ca.key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=ClusterLb cluster" \
    -addext "basicConstraints=critical,CA:true" -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout "$folder/ca.key" -out "$folder/ca.pem" 2>/dev/null
fi
for node in "$@"; do
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$node" -keyout "$folder/$node.key" -out "$folder/$node.csr" 2>/dev/null
  openssl x509 -req -in "$folder/$node.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial -days 825 \
    -extfile <(printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$node") -out "$folder/$node.pem" 2>/dev/null
  rm "$folder/$node.csr"
  echo "$folder/$node.pem"
done
