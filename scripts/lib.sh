# Shared by the scripts of this folder; to be sourced by bash.
# Everything the project makes for itself lives under .state/ (and, where PostgreSQL cannot reach
# that folder, under the path printed by `pg_home`).
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
STATE=$ROOT/.state
CONF=$STATE/odoo.conf
VENV=$STATE/venv
STAMPS=$STATE/stamps
LOGS=$STATE/log
ADDONS=(stokiva_service stokiva_settlement stokiva_sms stokiva_portal)
DB_ROLE=stokiva
# A server named by the environment wins over the private one. The marker survives into the
# scripts we call, which then see the PGHOST that we exported ourselves.
: "${STOKIVA_PG_FOREIGN=${PGHOST:+1}}"
export STOKIVA_PG_FOREIGN
# Images for containers set it; each process would compile all of Odoo anew, which is most of its start.
unset PYTHONDONTWRITEBYTECODE

# Read from other folders, too, and kept in a file.
if [[ -n ${ODOO_SRC:-} ]]; then
    ODOO_SRC=$(realpath -m -- "$ODOO_SRC")
    export ODOO_SRC
fi

# Attachments belong to a database, hence to a server.
DATA=$STATE/data
if [[ -n $STOKIVA_PG_FOREIGN ]]; then DATA+=-$(printf '%s' "$PGHOST:${PGPORT:-}" | sha256sum | cut -c1-12); fi

say() { printf '\033[1m%s\033[0m\n' "stokiva: $*" >&2; }
die() {
    printf '\033[31m%s\033[0m\n' "stokiva: $*" >&2
    # Most of what fails on a full disk does not say so.
    if (($(free_mb) < 100)); then
        printf '\033[31m%s\033[0m\n' "stokiva: the disk is full: $(free_mb) MB are left under $STATE" >&2
    fi
    exit 1
}
free_mb() { df -Pm "$([[ -d $STATE ]] && echo "$STATE" || echo "$ROOT")" | awk 'NR == 2 {print $4}'; }

# with_progress STATUS COMMAND…  run COMMAND; every ten seconds, tell what the function STATUS prints
with_progress() {
    local status=$1 began=$SECONDS pid
    shift
    "$@" &
    pid=$!
    while sleep 0.3 && kill -0 "$pid" 2>/dev/null; do
        if ((SECONDS - began >= 10)); then
            began=$SECONDS
            say "  … $("$status")"
        fi
    done
    wait "$pid"
}

# hash_of FILE…  one short hash of the files' contents
hash_of() { cat -- "$@" 2>/dev/null | sha256sum | cut -c1-12; }
hash_text() { printf '%s' "$*" | sha256sum | cut -c1-12; }

# step NAME HASH FUNCTION [ARG…]  run FUNCTION unless it succeeded before with the same HASH
step() {
    local name=$1 hash=$2 began=$SECONDS
    shift 2
    [[ -f $STAMPS/$name && $(<"$STAMPS/$name") == "$hash" ]] && return 0
    "$@"
    printf '%s' "$hash" >"$STAMPS/$name"
    say "$name: done in $((SECONDS - began)) s"
}

is_root() { [[ $EUID -eq 0 ]]; }

# as_root COMMAND…  run as root, directly or by a sudo that asks nothing; 1 when neither works
can_root() { is_root || sudo -n true 2>/dev/null; }
as_root() { if is_root; then "$@"; else sudo -n "$@"; fi; }

# as_postgres COMMAND…  PostgreSQL refuses to run as root
as_postgres() { if is_root; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

addons_present() {
    local addon
    for addon in "${ADDONS[@]}"; do
        [[ -f $ROOT/addons/$addon/__manifest__.py ]] && printf '%s\n' "$addon"
    done
    return 0
}

# addons_hash  what a database is made of: not the tests, nor the web sources, read when served
addons_hash() {
    (cd "$ROOT/addons" && find $(addons_present) -type f -not -path '*/__pycache__/*' -not -path '*/tests/*' \
        -not -path '*/static/*' -print0 | sort -z | xargs -0r sha256sum | sha256sum | cut -c1-12)
}

join() { local IFS=$1; shift; printf '%s' "$*"; }

# -- Odoo ---------------------------------------------------------------------------------------

# odoo_site  the folder that holds the package `odoo`
odoo_site() {
    if [[ -n ${ODOO_SRC:-} ]]; then
        printf '%s' "$ODOO_SRC"
    else
        printf '%s' "$STATE/odoo/usr/lib/python3/dist-packages"
    fi
}

odoo_version() {
    sed -n "s/^version_info = (\([0-9]*\), \([0-9]*\), \([0-9]*\).*/\1.\2.\3/p" \
        "$(odoo_site)/odoo/release.py" 2>/dev/null || true
}

# Chromium by any of its names, for Odoo's own tests and ours
find_browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}

# -- PostgreSQL ---------------------------------------------------------------------------------

pg_bin() {
    local dir
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v postgres || echo /none)")"; do
        [[ -x $dir/initdb && -x $dir/postgres ]] && { printf '%s' "$dir"; return 0; }
    done
    return 1
}

pg_home() {
    if is_root && ! as_postgres test -x "$STATE" 2>/dev/null; then
        printf '/var/tmp/stokiva-%s' "$(hash_text "$ROOT")"
    else
        printf '%s/pg' "$STATE"
    fi
}

# A Unix socket's path may have 107 characters.
pg_socket() {
    local dir
    dir=$(pg_home)/run
    ((${#dir} < 85)) || dir=/tmp/stokiva-$(hash_text "$ROOT")
    printf '%s' "$dir"
}

pg_export() {
    if [[ -z $STOKIVA_PG_FOREIGN ]]; then
        PGHOST=$(pg_socket)
        export PGHOST PGPORT=5432 PGUSER=$DB_ROLE
        unset PGDATABASE PGPASSWORD PGSERVICE
    fi
    local bin
    bin=$(pg_bin) && PATH=$bin:$PATH
    return 0
}

pg_running() { "$(pg_bin)/pg_isready" -q -t 1 -h "$(pg_socket)" -p 5432; }

pg_start() {
    [[ -n $STOKIVA_PG_FOREIGN ]] && return 0
    pg_running && return 0
    local home data pid
    home=$(pg_home) data=$home/data
    # After a crash or a restored container the file may name a process that is something else.
    if as_postgres test -f "$data/postmaster.pid"; then
        pid=$(as_postgres head -1 "$data/postmaster.pid")
        if [[ $(readlink "/proc/$pid/cwd" 2>/dev/null) != "$data" ]]; then
            as_postgres rm -f "$data/postmaster.pid"
        fi
    fi
    as_postgres mkdir -p -m 0700 "$(pg_socket)"
    # A server that was killed leaves processes behind, which take a moment to notice.
    local try
    for try in 1 2 3 4 5; do
        as_postgres "$(pg_bin)/pg_ctl" -D "$data" -l "$home/postgresql.log" -w -t 60 start >/dev/null 2>&1 9>&- &&
            return 0
        sleep "$try"
        pg_running && return 0
    done
    as_postgres tail -5 "$home/postgresql.log" >&2 || true
    die "PostgreSQL did not start; see $home/postgresql.log"
}

pg_stop() {
    local data
    data=$(pg_home)/data
    if as_postgres test -f "$data/postmaster.pid" 2>/dev/null; then
        as_postgres "$(pg_bin)/pg_ctl" -D "$data" -m fast -w stop >/dev/null || true
    fi
}

pg_has_db() { [[ $(psql -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]; }
