#!/usr/bin/env bash
# Fetches and builds the outside judges of our files into infra/tools/: veraPDF (PDF/A), EU DSS (signatures), and where there is
# Go the reference loader of the Compose Specification (infra/compose.yaml).
# Needs a JDK of 17 or newer, and Maven. What is there already is not fetched again.
# Prints the variables that the tests look for.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$here/tools
verapdf=1.30.2
compose=2.16.2
dss=$(sed -n 's:.*<dss.version>\(.*\)</dss.version>.*:\1:p' "$here/judges/pom.xml")

for program in java javac mvn; do
  command -v "$program" >/dev/null || { echo "install-judges: $program is missing: install a JDK and Maven" >&2; exit 78; }
done

mkdir -p "$tools"
scratch=$(mktemp -d "$tools/.new-XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# Each judge is put together in the scratch folder and appears by one rename: half a judge is never found.
if [ ! -d "$tools/verapdf-$verapdf" ]; then
  echo "install-judges: fetching veraPDF $verapdf" >&2
  mvn -B -q -f "$here/judges/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="org.verapdf.apps:cli:$verapdf" -DoutputDirectory="$scratch/verapdf" >&2
  mv -T "$scratch/verapdf" "$tools/verapdf-$verapdf"
fi

if [ ! -d "$tools/dss-$dss" ]; then
  echo "install-judges: fetching EU DSS $dss" >&2
  mvn -B -q -f "$here/judges/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$scratch/dss/lib" >&2
  javac -encoding UTF-8 --release 17 -cp "$scratch/dss/lib/*" -d "$scratch/dss/classes" "$here/judges/src/DssJudge.java"
  mv -T "$scratch/dss" "$tools/dss-$dss"
fi

if [ ! -d "$tools/compose-go-$compose" ] && command -v go >/dev/null; then
  echo "install-judges: building compose-go $compose" >&2
  GOTOOLCHAIN=local GOBIN="$scratch/compose-go" go install "github.com/compose-spec/compose-go/v2/cmd@v$compose" >&2
  mv -T "$scratch/compose-go" "$tools/compose-go-$compose"
fi

echo "SOHOA_TEST_VERAPDF=$tools/verapdf-$verapdf/cli-$verapdf.jar"
echo "SOHOA_TEST_DSS=$tools/dss-$dss"
[ ! -d "$tools/compose-go-$compose" ] || echo "SOHOA_TEST_COMPOSE=$tools/compose-go-$compose/cmd"
