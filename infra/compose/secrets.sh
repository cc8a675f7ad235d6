#!/usr/bin/env bash
# Before the first `docker compose up`: makes the secrets of infra/compose.yaml, random, once, in infra/run/compose/secrets.
# The folder is closed. Its files are not: Docker shows each to one container, whose account is not yours.
set -euo pipefail
umask 077

infra=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SERVICES_RUN=${SERVICES_RUN:-$infra/run/compose}
source "$infra/services/common.sh"

need openssl openssl
mkdir -p "$run/secrets"
for name in postgresql-admin postgresql-sohoa postgresql-prefect minio-admin minio-sohoa elasticsearch-admin; do
  secret "$name" >/dev/null
done
cd "$run/secrets"
[ -s minio-kms ] || echo "sohoa:$(openssl rand -base64 32)" | keep minio-kms

# Named like the settings that they are: the entry point hands them on.
keep SOHOA_S3_SECRET_KEY <minio-sohoa
keep SOHOA_DATABASE_URL <<<"postgresql://sohoa:$(secret postgresql-sohoa)@postgresql:5432/sohoa?sslmode=verify-full&sslrootcert=/certificates/ca.crt"
keep PREFECT_API_DATABASE_CONNECTION_URL <<<"postgresql+asyncpg://prefect:$(secret postgresql-prefect)@postgresql:5432/prefect?ssl=verify-full"
chmod 644 -- *
echo "secrets are in $run/secrets"
