#!/usr/bin/env bash
# In the container `certificates`, before the servers: an authority, kept apart, and a certificate for each server's account.
set -euo pipefail

services=$(cd "$(dirname "${BASH_SOURCE[0]}")/../services" && pwd)
run=${AUTHORITY_FOLDER:-/authority}
certificates=${CERTIFICATES_FOLDER:-/certificates}
source "$services/tls.sh"
source "$services/minio.sh"

# belongs NAME FOLDER: the accounts are those of the images in compose.yaml.
belongs() {
  local -A uid=([postgresql]=999 [elasticsearch]=1000 [minio]=10200)
  chown -R "${uid[$1]}:${uid[$1]}" "$2"
}

authority
cp "$ca" "$certificates/ca.crt"
minio_names "$certificates/minio"
for name in postgresql minio elasticsearch; do
  certificate "$name" "$certificates/$name"
done
