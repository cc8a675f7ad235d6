# Prefect's server from .venv, on PostgreSQL. It plans and shows; the ledger decides. Sourced, never run.

prefect_install() {
  [ -x "$root/.venv/bin/python" ] || fail ".venv is missing: make setup"
}

prefect_prepare() {
  mkdir -p "$run/prefect/ui"
}

# The same server, with the same silence towards the outside, as flows/serve.py starts.
prefect_start() {
  (
    prefect_environment
    launch prefect "$root/.venv/bin/python" -m uvicorn --factory prefect.server.api.server:create_app --host 127.0.0.1 \
      --port "$(port prefect)" --log-level warning --timeout-keep-alive 5 --timeout-graceful-shutdown 5
  )
  await prefect 180 prefect_ready
}

# prefect_environment: exports these variables alone. Not by `env -i`: its arguments, the password among them, are everybody's to read.
prefect_environment() {
  local name
  for name in $(compgen -e); do export -n "$name"; done
  export PATH HOME LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 \
    PREFECT_HOME="$run/prefect" PREFECT_SERVER_UI_STATIC_DIRECTORY="$run/prefect/ui" \
    PREFECT_SERVER_API_HOST=127.0.0.1 PREFECT_SERVER_API_PORT="$(port prefect)" \
    PREFECT_API_DATABASE_CONNECTION_URL="postgresql+asyncpg://prefect:$(secret postgresql-prefect)@127.0.0.1:$(port postgresql)/prefect?ssl=verify-full" \
    PGSSLROOTCERT="$ca" DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY=false \
    PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT=false PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE=100 \
    PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE=100 PREFECT_LOGGING_LEVEL=WARNING PREFECT_LOGGING_TO_API_ENABLED=false
}

prefect_ready() {
  fetch "$(prefect_url)/health"
}

prefect_url() {
  echo "http://127.0.0.1:$(port prefect)/api"
}

prefect_provision() {
  :
}

prefect_version() {
  "$root/.venv/bin/python" -c 'from importlib.metadata import version; print(version("prefect"))'
}

prefect_settings() {
  echo "PREFECT_API_URL=$(prefect_url)"
}

prefect_admin() {
  :
}
