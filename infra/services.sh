#!/usr/bin/env bash
# The servers of the service deployment on this machine, without Docker, on loopback alone: see docs/services.md.
#   services.sh install|start|stop|status [postgresql] [minio] [elasticsearch] [prefect]      none named: all
set -euo pipefail
shopt -s inherit_errexit
umask 077

all="postgresql minio elasticsearch prefect"
here=$(dirname "${BASH_SOURCE[0]}")
for part in common tls $all; do
  source "$here/services/$part.sh"
done

usage() {
  sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
  exit 64
}

# start_one NAME: ready and provisioned when it returns. What runs already stays as it is.
start_one() {
  if ! pid "$1" >/dev/null; then
    choose_port "$1"
    "$1_prepare"
    "$1_start"
  else
    await "$1" 60 "$1_ready"
  fi
  "$1_provision"
}

start() {
  local name failed="" jobs=()
  for name in "$@"; do
    mkdir -p "$run/$name"
    chmod 711 "$run" "$run/$name"
    reachable "$name"
  done
  authority
  # PostgreSQL first: the scheduler keeps its plans there. The others come up side by side.
  if [[ " $* " == *" postgresql "* ]]; then
    start_one postgresql
  fi
  for name in "$@"; do
    [ "$name" != postgresql ] || continue
    (start_one "$name") &
    jobs+=("$name:$!")
  done
  for name in "${jobs[@]}"; do
    wait "${name##*:}" || failed+=" ${name%%:*}"
  done
  write_settings
  status $all
  [ -z "$failed" ] || fail "did not come up:$failed"
}

# Both files name what runs, and nothing else. No quotes: a shell and a line reader understand them alike.
write_settings() {
  local name running=()
  for name in $all; do
    pid "$name" >/dev/null && [ -e "$run/$name/port" ] && running+=("$name")
  done
  for name in "${running[@]}"; do "${name}_settings"; done | keep "$run/services.env"
  for name in "${running[@]}"; do "${name}_admin"; done | keep "$run/admin.env"
  [ -s "$run/services.env" ] || rm "$run/services.env" "$run/admin.env"
}

status() {
  local name pid
  for name in "$@"; do
    if pid=$(pid "$name"); then
      printf '%-14s %-22s 127.0.0.1:%-6s pid %s\n' "$name" "$("${name}_version")" "$(port "$name")" "$pid"
    else
      printf '%-14s stopped\n' "$name"
    fi
  done
  [ ! -e "$run/services.env" ] || echo "settings       set -a; . ${run#"$PWD"/}/services.env; set +a"
}

stop() {
  local name
  for name in prefect elasticsearch minio postgresql; do
    [[ " $* " != *" $name "* ]] || halt "$name"
  done
  write_settings
}

install() {
  local name
  for name in "$@"; do "${name}_install"; done
}

one_at_a_time() {
  mkdir -p "$run/secrets"
  exec 9>"$run/lock"
  flock -w 600 9 || fail "another make services is at work"
}

[ $# -gt 0 ] || usage
action=$1
shift
[[ $action =~ ^(install|start|stop|status)$ ]] || usage
for name in "$@"; do
  [[ " $all " == *" $name "* ]] || usage
done
[ $# -gt 0 ] || set -- $all
[[ $run != *[[:space:]]* ]] || fail "$run has a space in it, which shells and settings files read differently: set SERVICES_RUN"

for program in curl:curl openssl:openssl setpriv:util-linux flock:util-linux; do
  need "${program%%:*}" "${program##*:}"
done

case $action in
  status) status "$@" ;;
  install) install "$@" ;;
  start)
    if [[ " $* " == *" prefect "* && " $* " != *" postgresql "* ]]; then set -- postgresql "$@"; fi
    install "$@"
    one_at_a_time
    start "$@"
    ;;
  stop)
    one_at_a_time
    stop "$@"
    ;;
esac
