"""The shell that drives systemd on a device; in each script $1 is the state folder."""

from __future__ import annotations

from host.deploy.removal import REMOVE_CONTENT, REMOVE_FOLDER
from host.deploy.unit import SERVICE_USER, UNIT_NAME, Scope

# `privileged` runs a command as who owns the service; `manage` and `ask` are systemctl with and
# without rights.
FUNCTIONS: dict[Scope, str] = {
    "system": rf"""
service={UNIT_NAME} account={SERVICE_USER}
unit=/etc/systemd/system/$service
privileged() {{ if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n -- "$@"; fi; }}
manage() {{ privileged systemctl --no-ask-password "$@"; }}
ask() {{ systemctl "$@"; }}
journal() {{ privileged journalctl --unit "$service" "$@"; }}
""",
    "user": rf"""
service={UNIT_NAME}
unit=${{XDG_CONFIG_HOME:-$HOME/.config}}/systemd/user/$service
export XDG_RUNTIME_DIR="${{XDG_RUNTIME_DIR:-/run/user/$(id -u)}}"
privileged() {{ "$@"; }}
manage() {{ systemctl --user "$@"; }}
ask() {{ systemctl --user "$@"; }}
journal() {{ journalctl --user-unit "$service" "$@"; }}
""",
}

RIGHTS = "privileged true && ask show-environment >/dev/null\n"

# The folder is the service's, and its group's: setgid, so that what either makes is both's.
_PREPARE_SYSTEM = r"""
set -e
getent group "$account" >/dev/null || privileged groupadd --system "$account"
getent passwd "$account" >/dev/null ||
  privileged useradd --system --gid "$account" --no-create-home --home-dir "$1" \
    --shell /usr/sbin/nologin --comment "xtreme-edge agent" "$account"
me=$(id -un)
if [ "$(id -u)" != 0 ] && ! id -Gn "$me" | tr ' ' '\n' | grep -qx "$account"; then
  privileged usermod --append --groups "$account" "$me"
fi
if [ "$(stat -c %U:%G:%a "$1" 2>/dev/null)" != "$account:$account:2770" ]; then
  privileged install -d -m 2770 -o "$account" -g "$account" "$1"
fi
"""
# An agent must not end with the connection that started it.
_PREPARE_USER = r"""
mkdir -p "$1" || exit 1
me=$(id -un)
if [ "$(loginctl show-user "$me" --property=Linger --value 2>/dev/null)" != yes ]; then
  if loginctl enable-linger >/dev/null 2>&1 ||
    sudo -n loginctl enable-linger "$me" >/dev/null 2>&1; then
    : > "$1/lingering"
  else
    echo "ends at logout"
  fi
fi
"""
PREPARE: dict[Scope, str] = {"system": _PREPARE_SYSTEM, "user": _PREPARE_USER}

START = r"""
set -e
[ "$unit" = "/etc/systemd/system/$service" ] || mkdir -p "$(dirname "$unit")"
if ! cmp -s "$1/current/$service" "$unit"; then
  privileged install -m 644 "$1/current/$service" "$unit"
  manage daemon-reload
fi
manage --quiet enable "$service" 2>/dev/null
manage reset-failed "$service" 2>/dev/null || true
manage start "$service"
"""

STOP = r"""
[ -f "$unit" ] || exit 0
manage stop "$service"
"""

WITHDRAW = r"""
[ -f "$unit" ] || exit 0
manage --quiet disable "$service" 2>/dev/null
privileged rm -f "$unit"
manage daemon-reload
manage reset-failed "$service" 2>/dev/null
echo "$service"
"""
"""Prints the unit's name where there was one."""

IS_AS_INSTALLED = r"""
if cmp -s "$1/current/$service" "$unit" && ask --quiet is-enabled "$service"; then echo yes; fi
"""

STATE = 'ask is-active "$service" || true\n'

# $2 lines.
LOG = 'journal --quiet --no-pager --lines "$2" --output short-iso 2>/dev/null\n'

_REMOVE_SYSTEM = r"""
if getent passwd "$account" >/dev/null; then
  # It warns of members that the group still has.
  privileged userdel "$account" 2>/dev/null || privileged userdel "$account" || exit 1
  echo "user $account"
fi
if getent group "$account" >/dev/null; then
  privileged groupdel "$account" || exit 1
  echo "group $account"
fi
"""
_LINGER = r"""
if [ -f "$1/lingering" ]; then
  loginctl disable-linger >/dev/null 2>&1 ||
    sudo -n loginctl disable-linger "$(id -un)" >/dev/null 2>&1
fi
"""
REMOVE: dict[Scope, str] = {
    "system": REMOVE_CONTENT + _REMOVE_SYSTEM + REMOVE_FOLDER,
    "user": _LINGER + REMOVE_CONTENT + REMOVE_FOLDER,
}
"""$2 is "keep" to leave the runs. Prints what was removed."""
