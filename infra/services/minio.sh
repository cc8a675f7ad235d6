# MinIO, built from its source: bucket `sohoa` with object lock, and an account that may not undo it. Sourced, never run.

minio_commit=v0.0.0-20260212201848-7aac2a2c5b7c
minio_release=2026-02-12T20:18:48Z
minio_tool=minio-${minio_release//:/-}

minio_install() {
  local go
  [ ! -d "$tools/$minio_tool" ] || return 0
  go=$(go env GOVERSION 2>/dev/null | grep -oE '[0-9]+\.[0-9]+' | head -1) || true
  [ "$(printf '1.24\n%s\n' "${go:-0}" | sort -V | head -1)" = 1.24 ] || fail "building MinIO takes Go 1.24 or newer (found: ${go:-none}): see go.dev/doc/install"
  install_once "$minio_tool" minio_build
}

# Nobody publishes the program any more, only its source; the first build takes some ten minutes of two cores.
minio_build() {
  echo "services: building MinIO $minio_release" >&2
  CGO_ENABLED=0 GOTOOLCHAIN=local GOBIN=$1 go install \
    -ldflags "-s -w -X github.com/minio/minio/cmd.ReleaseTag=DEVELOPMENT.${minio_release//:/-} -X github.com/minio/minio/cmd.Version=$minio_release" \
    "github.com/minio/minio@$minio_commit" >&2
}

minio_prepare() {
  local home=$run/minio
  minio_choose_drives
  mkdir -p "$home/tls" "$home/data" "$home/secrets"
  minio_names "$home/tls"
  certificate minio "$home/tls"
  # The encryption key is made once: without it, what the server has encrypted is lost.
  [ -s "$run/secrets/minio-kms" ] || openssl rand -base64 32 | keep "$run/secrets/minio-kms"
  secret minio-admin | keep "$home/secrets/password"
  echo "sohoa:$(cat "$run/secrets/minio-kms")" | keep "$home/secrets/kms"
  belongs minio "$home/tls" "$home/data" "$home/secrets"
}

# minio_choose_drives: remembers MINIO_DRIVES for good, so that objects never come to lie in two places.
minio_choose_drives() {
  local file=$run/minio/drives own=$run/minio/data asked="" known
  # shellcheck disable=SC2086 # several drives are several words
  [ -z "${MINIO_DRIVES:-}" ] || asked=$(realpath -m -- $MINIO_DRIVES)
  if [ -s "$file" ]; then
    known=$(cat "$file")
    [ ! -d "$own/.minio.sys" ] || fail "MinIO has objects in $own and, by $file, elsewhere: remove the one that is not the archive"
  elif [ -d "$own/.minio.sys" ]; then
    known=$own
  else
    known=${asked:-$own}
  fi
  [ "${asked:-$known}" = "$known" ] || fail "MinIO keeps its objects in ${known//$'\n'/ }: leave MINIO_DRIVES unset, or set it to that"
  [ "$known" = "$own" ] || keep "$file" <<<"$known"
}

# minio_drives: prints the folders of the objects, one a line.
minio_drives() {
  cat "$run/minio/drives" 2>/dev/null || echo "$run/minio/data"
}

# minio_names FOLDER: lets MinIO find the certificate, the key and the authority under the names it looks for.
minio_names() {
  mkdir -p "$1/CAs"
  ln -sfn server.crt "$1/public.crt"
  ln -sfn server.key "$1/private.key"
  ln -sfn ../ca.crt "$1/CAs/ca.crt"
}

minio_start() {
  local home=$run/minio
  # Secrets by file: what stands on a command line is everybody's to read.
  # shellcheck disable=SC2046 # several drives are several words
  launch minio env -i PATH="$PATH" HOME="$home" MINIO_ROOT_USER=admin MINIO_ROOT_PASSWORD_FILE="$home/secrets/password" \
    MINIO_KMS_SECRET_KEY_FILE="$home/secrets/kms" MINIO_BROWSER=off MINIO_UPDATE=off \
    "$tools/$minio_tool/minio" server --quiet --address "127.0.0.1:$(port minio)" --certs-dir "$home/tls" $(minio_drives)
  await minio 60 minio_ready
}

minio_ready() {
  fetch --cacert "$ca" "$(minio_url)/minio/health/cluster"
}

minio_url() {
  echo "https://127.0.0.1:$(port minio)"
}

minio_provision() {
  minio_choose_drives # again, for a server that ran already
  minio_admin | cat - <(minio_settings) | "$root/.venv/bin/python" "$infra/services/minio_accounts.py" "$infra/s3/policy.json"
}

minio_version() {
  echo "$minio_release"
}

minio_settings() {
  printf '%s\n' "SOHOA_S3_ENDPOINT=$(minio_url)" "SOHOA_S3_ACCESS_KEY=sohoa" "SOHOA_S3_SECRET_KEY=$(secret minio-sohoa)" \
    "SOHOA_S3_BUCKET=sohoa" "SOHOA_S3_CA=$ca"
}

minio_admin() {
  printf '%s\n' "SOHOA_TEST_S3_ADMIN_ACCESS_KEY=admin" "SOHOA_TEST_S3_ADMIN_SECRET_KEY=$(secret minio-admin)"
}
