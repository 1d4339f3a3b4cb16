#!/usr/bin/env bash
# Makes a fresh Debian or Ubuntu ready for deployments; safe to run again. As root, with the public key of the key in LINODE_SSH_PRIVATE_KEY:
#   deployment/server-setup.sh 'ssh-ed25519 AAAA… deploy'
# DEPLOY_USER (deploy) is the user that deployments sign in as, DEPLOY_DIR (/opt/jobtalk-admin) where they put their files.
set -euo pipefail

user=${DEPLOY_USER:-deploy}
directory=${DEPLOY_DIR:-/opt/jobtalk-admin}
public_key=${1:-}

fail() {
  echo "$*" >&2
  exit 1
}
step() { echo "== $*"; }
has_systemd() { [ -d /run/systemd/system ]; }

[ "$(id -u)" -eq 0 ] || fail 'Run this as root.'
# shellcheck source=/dev/null
. /etc/os-release
[[ " ${ID:-} ${ID_LIKE:-} " =~ \ (debian|ubuntu)\  ]] || fail 'This is neither Debian nor Ubuntu.'
ssh-keygen -l -f /dev/stdin <<<"$public_key" >/dev/null 2>&1 || fail "Usage: $0 'ssh-ed25519 AAAA… deploy'   (the public key that deployments use)"

# Whoever administers this server with a password would be locked out by what follows.
administrators=(/root)
while IFS=: read -r _ _ _ members; do
  for member in ${members//,/ }; do administrators+=("$(getent passwd "$member" | cut -d: -f6)"); done
done < <(getent group sudo)
has_key=
for home in "${administrators[@]}"; do [ ! -s "$home/.ssh/authorized_keys" ] || has_key=yes; done
[ -n "$has_key" ] || fail 'No administrator has a key in ~/.ssh/authorized_keys: put yours there first (ssh-copy-id), since passwords end to be accepted.'

step 'Logs'
# Of containers that no compose file limits, and of the system; before the packages, so that the engine starts with it.
mkdir -p /etc/docker /etc/systemd/journald.conf.d
[ -e /etc/docker/daemon.json ] || cat >/etc/docker/daemon.json <<'CONFIG'
{ "log-driver": "json-file", "log-opts": { "max-size": "10m", "max-file": "3" } }
CONFIG
cat >/etc/systemd/journald.conf.d/jobtalk.conf <<'CONFIG'
[Journal]
SystemMaxUse=500M
CONFIG

step 'Packages'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
packages=(ca-certificates curl docker.io logrotate openssh-server ufw unattended-upgrades)
# The engine's client is a package of its own in newer Debians; compose is docker-compose-v2 in Ubuntu and docker-compose in Debian.
for package in docker-cli docker-compose-v2; do
  if [ -n "$(apt-cache policy "$package" | sed -n 's/^  Candidate: \([0-9].*\)/\1/p')" ]; then packages+=("$package"); fi
done
[[ " ${packages[*]} " == *' docker-compose-v2 '* ]] || packages+=(docker-compose)
apt-get install -y -qq --no-install-recommends "${packages[@]}"

step "User $user"
id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash --password '*' "$user"
usermod --append --groups docker "$user"
home=$(getent passwd "$user" | cut -d: -f6)
install -d -m 700 -o "$user" -g "$user" "$home/.ssh"
touch "$home/.ssh/authorized_keys"
grep -qxF "$public_key" "$home/.ssh/authorized_keys" || echo "$public_key" >>"$home/.ssh/authorized_keys"
chown "$user:$user" "$home/.ssh/authorized_keys"
chmod 600 "$home/.ssh/authorized_keys"

step "Directory $directory"
install -d -m 750 -o "$user" -g "$user" "$directory"

step 'SSH by key alone'
# The first value counts, and files are read in order: this one wins over an image's own.
cat >/etc/ssh/sshd_config.d/00-jobtalk.conf <<'CONFIG'
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
CONFIG
mkdir -p /run/sshd
sshd -t
settings=$(sshd -T)
for line in 'passwordauthentication no' 'kbdinteractiveauthentication no'; do
  grep -qx "$line" <<<"$settings" || fail "/etc/ssh/sshd_config does not read sshd_config.d first: it must begin with Include /etc/ssh/sshd_config.d/*.conf"
done
! has_systemd || systemctl reload ssh

step 'Firewall'
for port in $(sed -n 's/^port //p' <<<"$settings") 80 8080; do ufw allow "$port/tcp" >/dev/null; done
ufw default deny incoming >/dev/null
ufw default allow outgoing >/dev/null
ufw --force enable

step 'Security updates'
cat >/etc/apt/apt.conf.d/20auto-upgrades <<'CONFIG'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
CONFIG

if has_systemd; then
  systemctl enable --now docker unattended-upgrades
  systemctl restart systemd-journald
fi

# How whoever runs this over SSH reached the server.
read -r _ _ address ssh_port <<<"${SSH_CONNECTION:-}"
address=${address:-ADDRESS}
host=$address
[ "${ssh_port:-22}" = 22 ] || host=[$address]:$ssh_port
cat <<END

Ready. The variables that deployments need$([ "$address" != ADDRESS ] || echo ", with this server's address in place of ADDRESS"):
  LINODE_SSH_HOST         $address
  LINODE_SSH_USER         $user
  LINODE_SSH_KNOWN_HOSTS  $host $(cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub)
END
