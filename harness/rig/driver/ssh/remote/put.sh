# Takes a file of /opt/edgeproof from standard input, compressed: $1 folder, $2 name, $3 its SHA-256, $4 mode; or a
# whole folder as a tar, where the name is `.` and $6 stands for its content. Where $5 is `ask`, it says whether $3 is
# there: `there` or `missing`.
set -eu
export LC_ALL=C
[ -f /var/lib/edgeproof/manifest ] || { echo "nothing may be put here: there is no manifest" >&2; exit 1; }
top=/opt/edgeproof
folder=$top/$1
seen=$top/.sums/$1-$2
if [ "${5:-}" = ask ]; then
  if [ -e "$folder/$2" ] && [ "$(cat "$seen" 2>/dev/null)" = "$3" ]; then echo there; else echo missing; fi
  exit 0
fi
mkdir -p "$top/.sums"
chmod 0755 "$top"
draft=$top/.draft.$$
trap 'rm -rf "$draft" "$draft.gz"' EXIT
rm -f "$seen"
if [ "$2" = . ]; then
  cat >"$draft.gz"
  [ "$(sha256sum <"$draft.gz" | cut -d' ' -f1)" = "$3" ] || { echo "it came damaged" >&2; exit 1; }
  mkdir "$draft"
  gzip -dc "$draft.gz" | tar -C "$draft" -x --no-same-owner
  rm -rf "$folder"
  mv "$draft" "$folder"
else
  mkdir -p "$folder"
  gzip -dc >"$draft"
  [ "$(sha256sum <"$draft" | cut -d' ' -f1)" = "$3" ] || { echo "$2 came damaged" >&2; exit 1; }
  chmod "$4" "$draft"
  mv "$draft" "$folder/$2"
fi
echo "${6:-$3}" >"$seen"
