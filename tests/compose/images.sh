# Images that others make, or stand-ins under their names where no registry is reached: made of Debian's packages, the .NET that is
# installed here, and the NuGet packages that it fetches. Sourced by run.sh.

stand_ins=()

# have_image NAME COMMAND ARGUMENT...: leaves an image of that name, pulled, or made by the command, which gets a folder and the name.
have_image() {
  local name=$1 folder
  shift
  docker image inspect "$name" >/dev/null 2>&1 && return
  timeout 300 docker pull --quiet "$name" >/dev/null 2>&1 && return
  folder=$(mktemp -d "$work/image.XXXX")
  "$@" "$folder" "$name" >"$folder.log" 2>&1 || { echo "no stand-in for $name:" >&2; tail -n 20 "$folder.log" >&2; return 2; }
  rm -rf "$folder"
  stand_ins+=("$name")
  echo "stand-in for $name"
}

# unpack ROOT PACKAGE...: the packages and what they depend on, without running any of their scripts.
unpack() {
  local root=$1 debs=$1.debs name
  shift
  mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64" "$root/etc" "$root/root" "$root/run" "$root/var/lib" "$debs/partial"
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
  install -d -m 1777 "$root/tmp"
  [ -e "$work/apt-is-new" ] || apt-get update
  touch "$work/apt-is-new" "$debs/status"
  apt-get install --yes --download-only --no-install-recommends -o Dir::State::status="$debs/status" -o Dir::Cache::archives="$debs" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@" || return
  for name in "$debs"/*.deb; do dpkg-deb --fsys-tarfile "$name" | tar --extract --keep-directory-symlink --directory "$root" || return; done
  rm -rf "$debs"
  echo 'root:x:0:0:root:/root:/bin/sh' > "$root/etc/passwd"
  echo 'root:x:0:' > "$root/etc/group"
}

# Where dotnet is on this machine.
dotnet_root() { dirname "$(readlink -f "$(command -v dotnet)")"; }

# import ROOT NAME CHANGE...
import() {
  local root=$1 name=$2 changes=() change
  shift 2
  for change in 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$@"; do changes+=(--change "$change"); done
  tar --create --directory "$root" . | docker import "${changes[@]}" - "$name"
}

# What the runtime needs of Debian; ICU is left out, as in images without it.
native_packages=(libc6 libgcc-s1 libstdc++6 libssl3 zlib1g)

# No shell, no package manager, a user who is not root: as the real one.
make_runtime_image() {
  unpack "$1" "${native_packages[@]}" || return
  # Libraries alone: their packages want others that have programs.
  rm -rf "$1"/usr/bin/* "$1"/usr/sbin/* "$1"/usr/share/* "$1"/usr/lib/*/perl* "$1"/var/lib/*
  mkdir -p "$1/usr/share/dotnet"
  cp -a "$(dotnet_root)/dotnet" "$(dotnet_root)/host" "$(dotnet_root)/shared" "$1/usr/share/dotnet/" || return
  echo 'app:x:1654:1654::/home/app:/bin/false' >> "$1/etc/passwd"
  echo 'app:x:1654:' >> "$1/etc/group"
  install -d -o 1654 -g 1654 "$1/home/app"
  import "$1" "$2" 'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true' 'USER 1654'
}

# With the packages that a restore fetches on this machine: a build in a container may reach no feed.
make_sdk_image() {
  unpack "$1" "${native_packages[@]}" dash coreutils || return
  [ -e "$1/bin/sh" ] || ln -s dash "$1/bin/sh"
  mkdir -p "$1/usr/share" "$1/root/.nuget/NuGet"
  cp -a "$(dotnet_root)" "$1/usr/share/dotnet" || return
  ln -s ../share/dotnet/dotnet "$1/usr/bin/dotnet"
  NUGET_PACKAGES=$1/root/.nuget/packages dotnet restore "$root/src/ClusterLb.Node" -p:RuntimeIdentifier="$runtime" -p:PublishReadyToRun=true \
    -p:ArtifactsPath="$work/artifacts" || return
  cat > "$1/root/.nuget/NuGet/NuGet.Config" << 'END'
<configuration><packageSources><clear /><add key="here" value="/root/.nuget/packages" /></packageSources></configuration>
END
  import "$1" "$2" 'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true' 'ENV HOME=/root'
}

make_redis_image() {
  unpack "$1" redis-server || return
  echo 'redis:x:999:999::/data:/bin/false' >> "$1/etc/passwd"
  echo 'redis:x:999:' >> "$1/etc/group"
  install -d -o 999 -g 999 "$1/data"
  import "$1" "$2" 'WORKDIR /data'
}

case $(uname -m) in aarch64) runtime=linux-arm64 ;; *) runtime=linux-x64 ;; esac
