# A private PostgreSQL and Redis on free loopback ports, with their data under $SCRATCH, which whoever sources this has made. Sourced, never run.

REDIS_PID='' POSTGRES_DATA=''

# The folder of PostgreSQL's programs, the newest where there are several; empty where there is none.
postgres_bin() {
  local initdb
  initdb=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1) || initdb=$(command -v initdb) || return 0
  dirname "$initdb"
}

# initdb and postgres refuse root, so root lends them to the user that the package made.
as_postgres() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

start_postgres() {
  local bin port
  bin=$(postgres_bin)
  [ -n "$bin" ] || die 'PostgreSQL is not installed; ./test installs it'
  port=$(free_port)
  chmod 755 "$SCRATCH"
  mkdir "$SCRATCH/postgres"
  [ "$(id -u)" != 0 ] || chown postgres "$SCRATCH/postgres"
  say "Starting PostgreSQL on port $port"
  as_postgres "$bin/initdb" -D "$SCRATCH/postgres" -U postgres -A trust -E UTF8 --locale=C >"$SCRATCH/initdb.log" 2>&1 ||
    { cat "$SCRATCH/initdb.log"; die 'initdb failed'; }
  POSTGRES_DATA=$SCRATCH/postgres
  as_postgres "$bin/pg_ctl" -D "$POSTGRES_DATA" -s -w -l "$POSTGRES_DATA/log" start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200" ||
    { cat "$POSTGRES_DATA/log"; die 'PostgreSQL did not start'; }
  export TEST_DATABASE_URL="postgresql://postgres@127.0.0.1:$port/postgres"
}

start_redis() {
  local port
  have redis-server || die 'Redis is not installed; ./test installs it'
  port=$(free_port)
  say "Starting Redis on port $port"
  mkdir "$SCRATCH/redis"
  redis-server --port "$port" --bind 127.0.0.1 --databases 4096 --save '' --appendonly no --dir "$SCRATCH/redis" >"$SCRATCH/redis.log" 2>&1 &
  REDIS_PID=$!
  local deadline=$((SECONDS + 10))
  until listens "$port"; do
    if [ $SECONDS -ge $deadline ] || ! kill -0 "$REDIS_PID" 2>/dev/null; then
      cat "$SCRATCH/redis.log"
      die 'Redis did not start'
    fi
    sleep 0.1
  done
  export TEST_REDIS_URL="redis://127.0.0.1:$port"
}

stop_services() {
  [ -z "$REDIS_PID" ] || { kill "$REDIS_PID" 2>/dev/null && wait "$REDIS_PID" 2>/dev/null; } || true
  [ -z "$POSTGRES_DATA" ] || as_postgres "$(postgres_bin)/pg_ctl" -D "$POSTGRES_DATA" -s -m fast stop || true
}
