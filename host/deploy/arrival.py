"""The device's side of shipping: scripts for arriving blobs, fit for several ships at once."""

from __future__ import annotations

GONE = "gone"
"""What `ACCEPT` says of a blob whose part is not there: another ship has taken it over."""

# $1 state folder. What was left for a week, or of a blob that came another way, is of no use.
PREPARE = r"""
mkdir -p "$1/incoming" "$1/blobs" && cd "$1/incoming" || exit 1
find . -name '*.part' -mtime +7 -delete 2>/dev/null
for part in *.part; do
  digest=${part%%.*}
  [ -f "../blobs/${digest%"${digest#??}"}/$digest" ] || continue
  flock -n "$part" rm -f "$part" 2>/dev/null
done
exit 0
"""

# $1 state folder, then the names of the parts; the tar on stdin. Another ship may have removed a
# part of a blob that is whole by now, which is no failure.
UNPACK = r"""
cd "$1/incoming" && shift && tar -xf - && { sync -d -- "$@" 2>/dev/null || sync -d .; }
"""

# $1 state folder, $2 digest, $3 ship, $4 the most bytes that a part may have to be of use. Prints
# "whole", or from which byte on to send. A part that is written at this moment is locked and grows,
# and stays its ship's; one that is locked and does not grow belongs to a connection that is gone.
CLAIM = r"""
cd "$1/incoming" || exit 1
if [ -f "../blobs/${2%"${2#??}"}/$2" ]; then
  echo whole
  exit 0
fi
best='' most=0
for part in "$2".*part; do
  size=$(stat -c %s "$part" 2>/dev/null) || continue
  if [ "$size" -gt $most ] && [ "$size" -le "$4" ]; then
    best=$part most=$size
  fi
done
tries=50
while [ -n "$best" ] && ! flock -n "$best" true; do
  sleep 0.1
  tries=$((tries - 1))
  if [ "$(stat -c %s "$best" 2>/dev/null)" != $most ]; then
    best=''
  elif [ $tries -eq 0 ]; then
    break
  fi
done
if [ -n "$best" ] && mv -T "$best" "$2.$3.part" 2>/dev/null; then
  stat -c %s "$2.$3.part"
else
  echo 0
fi
"""

# $1 state folder, $2 ship; digests on stdin, each with what the part's was found to be while it was
# written, or nothing: then it is hashed here. Prints what is not there in the end, and why.
ACCEPT = r"""
cd "$1" || exit 1
changed= mode=a-w
# The service links files of another user only if it might write them (fs.protected_hardlinks).
[ ! -g . ] || mode=ug=rw,o=
while read -r digest found; do
  part=incoming/$digest.$2.part
  folder=blobs/${digest%"${digest#??}"}
  if [ -f "$folder/$digest" ]; then
    rm -f "$part"
    continue
  fi
  if [ -z "$found" ] && ! found=$(sha256sum 2>/dev/null < "$part"); then
    if [ -e "$part" ]; then
      sha256sum < "$part" >/dev/null
      exit 1
    fi
    [ -f "$folder/$digest" ] || echo "$digest gone"
    continue
  fi
  found=${found%% *}
  if [ "$found" != "$digest" ]; then
    rm -f "$part"
    echo "$digest $found"
    continue
  fi
  if mkdir -p "$folder" && chmod $mode "$part" && mv "$part" "$folder/$digest"; then
    changed="$changed $folder"
  elif [ ! -e "$part" ]; then
    [ -f "$folder/$digest" ] || echo "$digest gone"
  else
    exit 1
  fi
done
sync -d blobs $changed
"""
