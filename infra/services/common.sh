# What the servers' scripts share: folders, secrets, ports, processes. Sourced by infra/services.sh, never run.

infra=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=$(dirname "$infra")
tools=$(realpath -m -- "${SERVICES_TOOLS:-$infra/tools}")
run=$(realpath -m -- "${SERVICES_RUN:-$infra/run}")

EX_CONFIG=78
declare -A default_port=([postgresql]=15432 [minio]=19000 [elasticsearch]=19200 [prefect]=14200)

fail() {
  echo "services: $*" >&2
  exit $EX_CONFIG
}

# need PROGRAM PACKAGE: ends with the remedy when a program is missing.
need() {
  command -v "$1" >/dev/null || fail "$1 is missing: install it with: apt-get install $2"
}

# --- accounts: Elasticsearch and PostgreSQL refuse root, so root hands each server to an account without rights.

# account NAME: the user id that the server runs under.
account() {
  if [ "$(id -u)" != 0 ] || [ "$1" = prefect ]; then # Prefect runs from .venv, which may lie under root's home
    id -u
  elif [ "$1" = postgresql ]; then
    id -u postgres
  else
    echo "${SERVICES_UID:-10200}"
  fi
}

# group UID: the group of that account, or one of the same number.
group() {
  id -g "$1" 2>/dev/null || echo "$1"
}

# as NAME COMMAND...: replaces this process by COMMAND under the server's account.
as() {
  local uid
  uid=$(account "$1")
  shift
  if [ "$uid" = "$(id -u)" ]; then
    exec "$@"
  fi
  exec setpriv --reuid "$uid" --regid "$(group "$uid")" --clear-groups -- "$@"
}

# belongs NAME PATH...: gives files to the server's account.
belongs() {
  local uid
  uid=$(account "$1")
  shift
  [ "$uid" = "$(id -u)" ] || chown -R "$uid:$(group "$uid")" "$@"
}

# reachable NAME: ends with the remedy when the server's account cannot walk down to its folder, or to the tools.
reachable() {
  local folder
  for folder in "$run/$1" "$tools"; do
    [ ! -d "$folder" ] || (as "$1" test -x "$folder") ||
      fail "$folder is closed to the account of $1: put the tree where other accounts may enter, such as /srv"
  done
}

# --- secrets: made once, random, readable by the owner of the tree alone.

# secret NAME: prints it.
secret() {
  local file=$run/secrets/$1
  [ -s "$file" ] || openssl rand -hex 24 | keep "$file"
  cat "$file"
}

# keep FILE: writes standard input there in one step, mode 600.
keep() {
  local fresh
  fresh=$(mktemp "$1.XXXXXX")
  cat >"$fresh"
  mv -T "$fresh" "$1"
}

# --- ports: NAME_PORT, else the one it had, else the default, else the next free one.

listens() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

port() {
  cat "$run/$1/port"
}

choose_port() {
  local asked=${1^^}_PORT port
  port=${!asked:-}
  if [ -n "$port" ] && listens "$port"; then
    fail "port $port is taken: choose another with $asked=... make services"
  elif [ -z "$port" ]; then
    port=$(cat "$run/$1/port" 2>/dev/null || echo "${default_port[$1]}")
    while listens "$port"; do port=$((port + 1)); done
  fi
  echo "$port" >"$run/$1/port"
}

# fetch CURL OPTION...: asks a server, and gives up on one that hangs. A later --max-time overrides.
fetch() {
  curl -fsS --connect-timeout 3 --max-time 15 "$@"
}

# --- processes: a pid file holds the id, the start time and the boot, so that a reused id is never taken for ours.

# identity PID: prints what no other process can have; fails when it is gone or only waits to be buried.
identity() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  set -- "$1" ${stat##*) }
  [ "$2" != Z ] || return 1
  echo "$1 ${21} $(cat /proc/sys/kernel/random/boot_id)"
}

# pid NAME: prints the process id of the server that we started; fails when it does not run.
pid() {
  local noted
  noted=$(cat "$run/$1/pid" 2>/dev/null) && [ -n "$noted" ] || return 1
  [ "$(identity "${noted%% *}")" = "$noted" ] && echo "${noted%% *}"
}

# note NAME PID: remembers what we started.
note() {
  identity "$2" >"$run/$1/pid" || fail "$1 ended at once: see $run/$1/log"
}

# launch NAME COMMAND...: starts a server that outlives us, and notes it.
launch() {
  local name=$1
  shift
  (as "$name" setsid "$@") >>"$run/$name/log" 2>&1 </dev/null 9>&- &
  note "$name" $!
}

# await NAME SECONDS COMMAND...: returns once COMMAND succeeds; fails when the server ends or the time is over.
await() {
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    pid "$name" >/dev/null || { echo "services: $name ended; see $run/$name/log" >&2; return 1; }
    [ $SECONDS -lt $end ] || { echo "services: $name is not ready; see $run/$name/log" >&2; return 1; }
    sleep 0.3
  done
}

# halt NAME: ends the server that we started, first politely; a pid file that is not true any more is only removed.
halt() {
  local pid signal=TERM end=$((SECONDS + 30))
  [ "$1" = postgresql ] && signal=INT # fast shutdown: does not wait for clients
  if pid=$(pid "$1"); then
    kill -$signal "$pid"
    while pid "$1" >/dev/null; do
      [ $SECONDS -lt $end ] || kill -KILL "$pid"
      sleep 0.1
    done
    echo "$1 stopped"
  fi
  rm -f "$run/$1/pid"
}

# --- tools: put together in a scratch folder, and there by one rename: half a tool is never found, nothing is built twice.

# install_once NAME COMMAND...: COMMAND FOLDER fills a new folder, which becomes infra/tools/NAME.
install_once() {
  local name=$1 fresh
  shift
  [ ! -d "$tools/$name" ] || return 0
  mkdir -p "$tools"
  chmod 755 "$tools"
  (
    flock 8 # another make may be building it
    [ ! -d "$tools/$name" ] || exit 0
    rm -rf "$tools/.services-$name"-*
    fresh=$(mktemp -d "$tools/.services-$name-XXXXXX")
    trap 'chmod -R u+w "$fresh" 2>/dev/null; rm -rf "$fresh"' EXIT
    mkdir "$fresh/tool"
    "$@" "$fresh/tool"
    chmod -R a+rX "$fresh/tool"
    mv -T "$fresh/tool" "$tools/$name"
  ) 8>"$tools/.services-$name.lock" 9>&-
}
