"""Removes a state folder: all of it where it is ours by its name, else only what lies in ours.

The deploy lock goes last: whoever deploys meanwhile must not build on what is being removed.
"""

from __future__ import annotations

# To be run with the functions of a supervisor before it: `privileged` runs a command with the
# rights that the folder needs. $1 state folder, $2 "keep" to leave the runs.
REMOVE_CONTENT = r"""
cd /
spared=deploy.lock
[ "$2" != keep ] || spared='runs audit.log deploy.lock'
case $2,${1##*/} in
  keep,* | *xtreme-edge*)
    for entry in "$1"/* "$1"/.[!.]*; do
      case " $spared " in *" ${entry##*/} "*) ;; *) privileged rm -rf "$entry" ;; esac
    done ;;
  *)
    for name in blobs incoming artifacts releases current current.new runs agent.lock agent.log \
      audit.log keeper.pid lingering golden named quota \
      signing.key signing.key.new signing.pub signing.pub.new; do
      privileged rm -rf "$1/$name"
    done
    privileged rm -rf "$1"/.deploy.lock.* "$1"/.quota.* ;;
esac
"""

# The same arguments, after `REMOVE_CONTENT`. Prints what was removed.
REMOVE_FOLDER = r"""
[ -d "$1" ] || exit 0
if [ "$2" = keep ]; then
  privileged chown -R "$(id -u):$(id -g)" "$1" && privileged chmod -R g-s,u+rwX "$1" || exit 1
  echo "$1, except the runs"
  exit 0
fi
case ${1##*/} in
  *xtreme-edge*) privileged rm -rf "$1" ;;
  *) privileged rm -rf "$1/deploy.lock"; privileged rmdir "$1" 2>/dev/null ;;
esac
if [ -d "$1" ]; then echo "$1, except what is not ours"; else echo "$1"; fi
"""
