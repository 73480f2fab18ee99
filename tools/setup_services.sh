#!/bin/sh
# Installs what the tests start: PostgreSQL from Debian's package, without a cluster of its own, and chromium for the pages of the desk.
set -eu

packages=""
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages="$packages postgresql"
command -v chromium >/dev/null 2>&1 || packages="$packages chromium fonts-dejavu-core"
[ -n "$packages" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "not installed:$packages; as root: apt-get install$packages" >&2
    exit 1
fi
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages >/dev/null
