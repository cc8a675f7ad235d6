# The private authority of the servers, and a certificate for each of them. Sourced, never run.

ca=$run/tls/ca.crt

# authority: makes the authority once. Its key never leaves infra/run/tls.
authority() {
  [ ! -s "$ca" ] || return 0
  mkdir -p "$run/tls"
  chmod 711 "$run/tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 3650 -subj "/CN=sohoa services" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$run/tls/ca.key" -out "$ca.new" 2>/dev/null
  chmod 644 "$ca.new"
  mv -T "$ca.new" "$ca"
}

# certificate NAME FOLDER: makes server.key and server.crt for NAME and the loopback names, and again when a month is left.
certificate() {
  local name=$1 folder=$2
  mkdir -p "$folder"
  openssl x509 -checkend 2592000 -noout -in "$folder/server.crt" >/dev/null 2>&1 && return 0
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$folder/server.key" \
    -out "$folder/server.csr" 2>/dev/null
  openssl x509 -req -sha256 -days 397 -in "$folder/server.csr" -CA "$ca" -CAkey "$run/tls/ca.key" -set_serial "0x$(openssl rand -hex 16)" \
    -out "$folder/server.crt" -extfile <(printf '%s\n' "subjectAltName=DNS:$name,DNS:localhost,IP:127.0.0.1" \
      "basicConstraints=CA:FALSE" "keyUsage=critical,digitalSignature" "extendedKeyUsage=serverAuth") 2>/dev/null
  rm "$folder/server.csr"
  cp "$ca" "$folder/ca.crt"
  chmod 600 "$folder/server.key"
  chmod 644 "$folder/server.crt" "$folder/ca.crt"
  belongs "$name" "$folder"
}
