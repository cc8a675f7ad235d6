#!/usr/bin/env bash
# In the container `accounts`, once the servers are up: the bucket, the application's account in MinIO, its key in Elasticsearch.
set -euo pipefail
umask 077

infra=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
secrets=${SECRETS_FOLDER:-/run/secrets}
SERVICES_RUN=${KEYS_FOLDER:-/keys}
source "$infra/services/common.sh"
source "$infra/services/minio.sh"
source "$infra/services/elasticsearch.sh"

ca=${SOHOA_S3_CA}
secret() { cat "$secrets/$1"; }
minio_url() { echo "$SOHOA_S3_ENDPOINT"; }
elasticsearch_url() { echo "$SOHOA_ELASTICSEARCH_URL"; }

mkdir -p "$run/secrets"
minio_provision
elasticsearch_provision
# The application reads it in a container of its own.
keep "$run/SOHOA_ELASTICSEARCH_API_KEY" <"$run/secrets/elasticsearch-sohoa"
echo "accounts are ready"
