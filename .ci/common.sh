# What ./run and ./test share. Sourced, never run.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
PATH="$PATH:/usr/sbin:/sbin:$HOME/.dotnet" # ldconfig, and where the SDK's own installer puts it

[ -t 1 ] || export NO_COLOR=1

say() { printf '\n=== %s\n' "$*"; }

die() {
  printf '\n%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The system's dynamic linker knows the library. Where there is no ldconfig (macOS), the server itself will say what it lacks.
have_library() {
  have ldconfig || return 0
  ldconfig -p | grep -F "$1" >/dev/null
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# install_packages package…: from the distribution, or a word on what to install by hand.
install_packages() {
  [ $# -gt 0 ] || return 0
  have apt-get || die "please install with your system's packages (Debian names): $*"
  [ "$(id -u)" = 0 ] || have sudo || die "please install as root: apt-get install $*"
  say "Installing $*"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The packages that the server needs at run time, as far as they are missing.
missing_for_server() {
  have_library libsqlite3.so.0 || echo libsqlite3-0
  have_library libsodium.so.23 || echo libsodium23
  have_library libcrypt.so.1 || echo libcrypt1
  have curl || echo curl
}

need_dotnet() {
  have dotnet || die 'the .NET 10 SDK is needed: https://dotnet.microsoft.com/download'
  dotnet --version >/dev/null || die 'the .NET SDK that global.json asks for is not installed'
}

# build project-or-solution: in Release, leaving no compiler process behind.
build() {
  say "Building $1"
  dotnet build "$1" -c Release --nologo -v minimal -nodeReuse:false -p:UseSharedCompilation=false
}

# Whether something listens on a loopback port.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port below the range from which the system gives ports to outgoing connections.
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 12000))
    listens "$port" || break
  done
  echo "$port"
}

# wait_for_url url pid seconds: until it answers 2xx; fails when the process ends or the time is over.
wait_for_url() {
  local deadline=$((SECONDS + $3))
  until curl -fs -o /dev/null --max-time 2 "$1"; do
    kill -0 "$2" 2>/dev/null || return 1
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}
