"""What the two searches over a host's file systems share."""

from __future__ import annotations

from auditor.model.sources import whole_number

#: Functions for a fragment whose fact comes after `Mounts` and `ServedFolders`.
#:
#: find is not held by -xdev: a bind mount or a btrfs subvolume is another device, and
#: what lies below a served folder must be found whichever way it got there. Instead it
#: is given the mount points that it must not enter (reducers/walls.awk).
#:
#: `tests` turns lines into words of find, one a line (`-o -path LINE`), since "$@" is
#: the only list that sh has; `walk LINES ROOT` calls find with all words in LINES.
#: An -exec that gathers files stands in a branch of the whole expression, never in
#: parentheses: there BusyBox leaves the last of them undone. `never` behind it has the
#: file go on to the next branch.
#: `$SHUT` marks each folder that can't be listed or entered with an x. It says b when
#: it is called at all: a find that stumbles over a word ends with 1 too, unwalked.
WALKING = r"""
F='%f %u %g %s %Y %n'
SHUT='n=$1; shift; printf "%sb\n" "$n"; for d do '\
'if [ -r "$d" ] && [ -x "$d" ]; then continue; fi; printf "%sx%s\n" "$n" "$d"; done'
searchable() {
  for tool in find stat; do
    if command -v "$tool" >/dev/null; then continue; fi
    head_line no_tool search / "$tool"
    return 1
  done
  case $(stat -c '%f %n' / 2>/dev/null) in
    *' /') return 0 ;;
  esac
  head_line no_tool search / stat
  return 1
}
walls() { # patterns | away
  reducer walls
  body_of Mounts | awk -v want="$1" "$r_awk"
}
tests() { # TEST [END]: standard input, END behind each line
  awk -v test="$1" -v end="${2-}" '
    { print "-o"; print test; print ($0 == "/" ? "" : $0) end }'
}
never() { printf '%s\n' ! -name '*'; }
entered() { # what find does not enter, and what it can't
  printf '%s\n' -type d '('
  never
  walls patterns | tests -path
  printf '%s\n' ')' -prune -o -type d -exec sh -c "$SHUT" sh "$N" '{}' +
  never
  printf '%s\n' -o
}
walk() { # SECONDS WORDS ROOT
  w_seconds=$1 w_words=$2
  set -- "$3"
  while :; do
    set -- "$@" "${w_words%%"$NL"*}"
    case $w_words in *"$NL"*) w_words=${w_words#*"$NL"} ;; *) break ;; esac
  done
  set -- find "$@"
  if nice -n 19 true 2>/dev/null; then set -- nice -n 19 "$@"; fi
  if ionice -c 3 true 2>/dev/null; then set -- ionice -c 3 "$@"; fi
  limited "$w_seconds" "$@" 2>/dev/null
}
served() { # where served folders lead; a path that is not plain is left out
  body_of ServedFolders |
    awk -F '\t' '/^ 1\t/ && $3 !~ /\\/ && !seen[$3]++ { print $3 }'
}
"""


def is_below(path: str, folder: str) -> bool:
    """Whether a path is the folder or lies in it."""
    return f"{path}/".startswith(folder.rstrip("/") + "/")


def folder_at(path: str, depth: str) -> str | None:
    """The folder that so many names of a path lead to.

    `depth` is what `barrier` of reducers/entries.awk says: a number, `-` for none
    (then empty), `?` where it was not looked for (then None).
    """
    names = whole_number(depth)
    if names is None:
        return "" if depth == "-" else None
    return "/".join(path.split("/")[: names + 1]) or "/"


def others_read(mode: int, barrier: str | None, *, inside: str = "") -> bool:
    """Whether others can read a file, in its folders or already inside one of them.

    `barrier` is the deepest folder above that others may not enter.
    """
    if not mode & 0o004 or barrier is None:
        return False
    return not barrier or (bool(inside) and not _deeper(barrier, inside))


def _deeper(path: str, folder: str) -> bool:
    return path != folder and is_below(path, folder)
