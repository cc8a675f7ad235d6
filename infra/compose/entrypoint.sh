#!/usr/bin/env bash
# Hands on the secrets that are named like settings, from files, and becomes the command.
set -euo pipefail

for file in "${SECRETS_FOLDER:-/run/secrets}"/[A-Z]* "${KEYS_FOLDER:-/keys}"/[A-Z]*; do
  [ ! -r "$file" ] || export "${file##*/}=$(cat "$file")"
done
exec "$@"
