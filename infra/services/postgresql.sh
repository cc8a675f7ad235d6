# PostgreSQL from Debian: database `sohoa` of role `sohoa`, database `prefect` of role `prefect`. Sourced, never run.

postgresql_major=${POSTGRESQL_MAJOR:-15}
postgresql_bin=/usr/lib/postgresql/$postgresql_major/bin

postgresql_install() {
  if [ ! -x "$postgresql_bin/initdb" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "services: installing PostgreSQL $postgresql_major" >&2
    (umask 022 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "postgresql-$postgresql_major") >&2
  fi
  [ -x "$postgresql_bin/initdb" ] || fail "PostgreSQL $postgresql_major is missing: install it with: sudo apt-get install postgresql-$postgresql_major"
}

# The cluster appears by one rename: half a cluster is never started.
postgresql_prepare() {
  local home=$run/postgresql
  certificate postgresql "$home/tls"
  [ ! -d "$home/data" ] || return 0
  rm -rf "$home/new"
  mkdir "$home/new"
  secret postgresql-admin >"$home/new/password"
  belongs postgresql "$home/new"
  (as postgresql "$postgresql_bin/initdb" --pgdata "$home/new/data" --username admin --pwfile "$home/new/password" \
    --auth scram-sha-256 --data-checksums --encoding UTF8 --locale C.UTF-8) >>"$home/log" 2>&1 || fail "initdb failed: see $home/log"
  rm "$home/new/password"
  mv -T "$home/new/data" "$home/data"
  rm -r "$home/new"
}

postgresql_start() {
  local home=$run/postgresql try
  for try in 1 2 3 4 5; do # right after a kill the old processes may still hold the folder
    (cd "$home" && launch postgresql "$postgresql_bin/postgres" -D "$home/data" -p "$(port postgresql)" -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories= -c ssl=on -c "ssl_cert_file=$home/tls/server.crt" -c "ssl_key_file=$home/tls/server.key")
    await postgresql 60 postgresql_ready && return 0
    sleep 2
  done
  return 1
}

postgresql_ready() {
  pg_isready -q -h 127.0.0.1 -p "$(port postgresql)" && postgresql_query -c "SELECT 1"
}

# postgresql_query [PSQL OPTION...]: runs SQL as the administrator.
postgresql_query() {
  PGPASSWORD=$(secret postgresql-admin) psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$(port postgresql)" -U admin -d postgres "$@"
}

postgresql_provision() {
  SECRET_SOHOA=$(secret postgresql-sohoa) SECRET_PREFECT=$(secret postgresql-prefect) \
    postgresql_query -f "$infra/services/postgresql-roles.sql"
}

postgresql_version() {
  "$postgresql_bin/postgres" --version | grep -oE '[0-9]+\.[0-9]+' | head -1
}

postgresql_settings() {
  echo "SOHOA_DATABASE_URL=postgresql://sohoa:$(secret postgresql-sohoa)@127.0.0.1:$(port postgresql)/sohoa"
}

postgresql_admin() {
  echo "SOHOA_TEST_DATABASE_ADMIN_URL=postgresql://admin:$(secret postgresql-admin)@127.0.0.1:$(port postgresql)/postgres"
}
