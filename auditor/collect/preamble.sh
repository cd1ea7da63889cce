# What every program starts with: sources, reducers, frames. POSIX sh; tried on dash,
# bash and BusyBox ash. Reads only; writes nothing but its answer.

TAB='	'
NL='
'
uid=$(id -u)
have_timeout=0
timeout -k 1 1 true 2>/dev/null && have_timeout=1
have_cksum=0
command -v cksum >/dev/null && have_cksum=1

limited() { # SECONDS COMMAND [word...]
  if [ "$have_timeout" -eq 1 ]; then timeout -k 2 "$@"; else shift; "$@"; fi
}

# --- reducers -------------------------------------------------------------------
# The assembler adds `reducer NAME`, which sets r_awk to the text of that reducer.
# out(number, text) keeps a line (text is escaped by then), END prints all. Exit
# status 3 says that the limit cut it, 4 that the syntax made no sense.
AWK_HEAD='
BEGIN { for (i = 1; i < 256; i++) ord[sprintf("%c", i)] = i }
function esc_piece(s,   i, c, r) {
  r = ""
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    r = r ((c ~ /[ -~]/ && c != "\\") ? c : sprintf("\\x%02x", ord[c]))
  }
  return r
}
function esc(s,   i, r) {
  if (s !~ /[^ -~]|\\/) return s
  r = ""
  for (i = 1; i <= length(s); i += 400) r = r esc_piece(substr(s, i, 400))
  return r
}
function out(n, t) { o[++k] = " " n "\t" t }
function stripped(s) { sub(/^[ \t]+/, "", s); sub(/[ \t\r]+$/, "", s); return s }
function bare(s) { s = tolower(s); gsub(/[ \t]/, "", s); gsub(/-/, "_", s); return s }
function has(option) { return index("," options ",", "," option ",") > 0 }
BEGIN { n = split(keys, w, " "); for (i = 1; i <= n; i++) declared[bare(w[i])] = 1 }
mark != "" && index($0, mark) == 1 { rc = substr($0, length(mark) + 1); next }
{ seen += length($0) + 1; if (seen > limit) { cut = 1; exit } }
'
AWK_TAIL='
END {
  if (mark != "") print (rc == "" ? "cut" : rc)
  for (i = 1; i <= k; i++) print o[i]
  if (cut || (mark != "" && rc == "")) exit 3
  if (bad) exit 4
}
'

reduce() { # NAME[:OPTION,...] DIRECTIVES MARK LIMIT: standard input to escaped lines
  reducer "${1%%:*}" || return 5
  case $1 in *:*) r_options=${1#*:} ;; *) r_options='' ;; esac
  awk -v keys="$2" -v mark="$3" -v limit="$4" -v options="$r_options" -v own="$$" \
    "$AWK_HEAD$r_awk$AWK_TAIL"
}

# --- sources --------------------------------------------------------------------
head_line() { # STATUS KIND NAME RC
  h_name=$3
  case $h_name in
    *[!A-Za-z0-9_./@:+,=\ -]*) h_name=$(printf '%s' "$h_name" | escaped) ;;
  esac
  printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$h_name" "$4"
}

AWK_ESC=${AWK_HEAD%%'function out'*}
escaped() { # standard input as one escaped line; a newline in it becomes \x0a
  awk "$AWK_ESC"'{ s = s (NR > 1 ? "\\x0a" : "") esc($0) } END { print s }'
}

state_of() { # PATH: sets state to ok, absent, denied or failed
  if [ -f "$1" ]; then
    state=denied
    if [ -r "$1" ]; then state=ok; fi
    return
  fi
  # What is linked to /dev/null is read as empty by whoever reads it: so files are masked.
  if [ -c "$1" ] && [ "$(readlink -f "$1" 2>/dev/null)" = /dev/null ]; then
    state=ok
    return
  fi
  state=failed # there, but no regular file, or a link that leads nowhere
  if [ -e "$1" ] || [ -L "$1" ]; then return; fi
  s_above=$1
  while :; do
    case $s_above in /*/*) s_above=${s_above%/*} ;; *) s_above=/ ;; esac
    if [ -e "$s_above" ]; then break; fi
    if [ "$s_above" = / ]; then break; fi
  done
  # Only a directory that may be searched proves that a name is not in it.
  state=absent
  if [ -d "$s_above" ] && ! [ -x "$s_above" ]; then state=denied; fi
}

source_file() { # PATH REDUCER [directive...]
  f_path=$1 f_reducer=$2
  shift 2
  state_of "$f_path"
  f_rc=- f_text=''
  if [ "$state" = ok ]; then
    f_text=$(reduce "$f_reducer" "$*" '' 262144 <"$f_path")
    f_rc=$?
    case $f_rc in 0) ;; 3) state=truncated ;; *) state=failed ;; esac
  fi
  head_line "$state" file "$f_path" "$f_rc"
  if [ -n "$f_text" ]; then printf '%s\n' "$f_text"; fi
}

source_glob() { # PATTERN REDUCER [directive...]: each file that matches
  g_pattern=$1
  shift
  case $g_pattern in
    *[!A-Za-z0-9_./*?\ -]*) head_line failed file "$g_pattern" -; return ;;
  esac
  g_dir=${g_pattern%%[*?]*}
  g_dir=${g_dir%/*}/ g_count=0
  if [ -d "$g_dir" ]; then
    state=ok
    if ! [ -r "$g_dir" ] || ! [ -x "$g_dir" ]; then state=denied; fi
  else
    state_of "$g_dir"
  fi
  if [ "$state" != ok ]; then
    head_line "$state" file "$g_pattern" -
    return
  fi
  g_ifs=$IFS
  IFS=
  for g_file in $g_pattern; do
    IFS=$g_ifs
    if ! [ -e "$g_file" ] && ! [ -L "$g_file" ]; then continue; fi
    if [ -d "$g_file" ]; then continue; fi
    g_count=$((g_count + 1))
    if [ "$g_count" -gt 200 ]; then
      head_line truncated file "$g_pattern" 200
      return
    fi
    source_file "$g_file" "$@"
  done
  IFS=$g_ifs
  if [ "$g_count" -eq 0 ]; then head_line absent file "$g_pattern" -; fi
}

source_command() { # [-root] [-ok RC]... [-limit SECONDS] [-as NAME] REDUCER DIRECTIVES COMMAND [word...]
  c_root=0 c_ok=' 0 ' c_limit=20 c_as=''
  while :; do
    case $1 in
      -root) c_root=1; shift ;;
      -ok) c_ok="$c_ok$2 "; shift 2 ;;
      -limit) c_limit=$2; shift 2 ;;
      -as) c_as=$2; shift 2 ;; # what the answer calls it, when the words hold the nonce
      *) break ;;
    esac
  done
  c_reducer=$1 c_keys=$2
  shift 2
  if ! command -v "$1" >/dev/null; then
    head_line no_tool command "${c_as:-$*}" 127
    return
  fi
  c_text=$({ limited "$c_limit" "$@" 2>/dev/null; printf '\n@%s RC %s\n' "$N" "$?"; } |
    reduce "$c_reducer" "$c_keys" "@$N RC " 1048576)
  c_cut=$?
  c_rc=${c_text%%"$NL"*}
  case $c_text in *"$NL"*) c_text=${c_text#*"$NL"} ;; *) c_text='' ;; esac
  c_state=failed
  case $c_rc in
    124 | 137 | 143) c_state=timed_out ;;
    126) c_state=denied ;;
    127) c_state=no_tool ;;
    *)
      case $c_ok in *" $c_rc "*) c_state=ok ;; esac
      if [ "$c_state" = failed ] && [ "$c_root" -eq 1 ] && [ "$uid" -ne 0 ]; then
        c_state=denied
      fi
      ;;
  esac
  case $c_cut in 0) ;; 3) c_state=truncated ;; *) c_state=failed ;; esac
  head_line "$c_state" command "${c_as:-$*}" "$c_rc"
  if [ -n "$c_text" ]; then printf '%s\n' "$c_text"; fi
}

source_value() { # NAME VALUE: one value that the program itself found
  head_line ok value "$1" -
  printf ' 1\t%s\n' "$(printf '%s' "$2" | escaped)"
}

first_of() { # FUNCTION...: the first that finds something; those before are alternatives
  while [ $# -gt 1 ]; do
    o_text=$("$1")
    shift
    case $o_text in
      absent* | no_tool*)
        printf '%s\n' "$o_text" | while IFS=$TAB read -r o_status o_kind o_rest; do
          printf '%s\talternative\t%s\n' "$o_status" "$o_rest"
        done
        ;;
      *)
        printf '%s\n' "$o_text"
        return
        ;;
    esac
  done
  "$1"
}

# --- words of earlier facts -----------------------------------------------------
# The assembler adds `body_of FACT`, the reduced body of a fact named in `after`.
AWK_WORDS='
function bare(s) { s = tolower(s); gsub(/[ -]|\\x09/, "", s); return s }
BEGIN { n = split(wanted, w, " "); for (i = 1; i <= n; i++) want[bare(w[i])] = 1 }
function word(s,   plain) {
  if (s == "" || s in seen) return
  seen[s] = 1
  plain = (s ~ /^\/[A-Za-z0-9_.\/ -]*$/)
  if (plain != refused) print refused ? "failed\tvalue\t" s "\t-" : s
}
!/^ [0-9]+\t/ { next }
{ sub(/^ [0-9]+\t(\\x09| )*/, "") }
/\t/ { # braces: NAME TAB ARGUMENT TAB ... and the sign that ends it
  n = split($0, w, "\t")
  if (bare(w[1]) in want) for (i = 2; i < n; i++) word(w[i])
  next
}
match($0, /^[A-Za-z0-9_ .:-]*(\\x09[A-Za-z0-9_ .:-]*)*=(\\x09| )*/) { # a name of words
  name = substr($0, 1, RLENGTH)
  sub(/(\\x09| )*=.*/, "", name)
  if (bare(name) in want) word(substr($0, RLENGTH + 1))
  next
}
match($0, /(\\x09| )+/) && bare(substr($0, 1, RSTART - 1)) in want {
  word(substr($0, RSTART + RLENGTH))
}
'
words_of() { # FACT DIRECTIVE...: its arguments one a line; absolute plain paths only
  w_fact=$1
  shift
  body_of "$w_fact" | awk -v wanted="$*" -v refused=0 "$AWK_WORDS"
}
refused_of() { # FACT DIRECTIVE...: a failed source for each argument left out there
  w_fact=$1
  shift
  body_of "$w_fact" | awk -v wanted="$*" -v refused=1 "$AWK_WORDS"
}

# --- frames ---------------------------------------------------------------------
frames=0
frame() { # NAME FORMAT FUNCTION [parameter...]: sets body
  fr_name=$1 fr_format=$2
  shift 2
  # The x keeps the last newlines; the inner parentheses keep a dying fact to itself.
  body=$( ("$@") 2>/dev/null; echo x)
  body=${body%x}
  if [ "${#body}" -gt 1048576 ]; then
    body="truncated${TAB}value${TAB}$fr_name${TAB}-$NL"
  fi
  sum=-
  if [ "${#body}" -ge 4096 ] && [ "$have_cksum" -eq 1 ]; then
    sum=$(printf '%s' "$body" | cksum)
    sum=${sum%% *}
  fi
  printf '@%s FACT %s %s %s %s\n%s\n' "$N" "$fr_name" "$fr_format" "${#body}" "$sum" "$body"
  frames=$((frames + 1))
}
