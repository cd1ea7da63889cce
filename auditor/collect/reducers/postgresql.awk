# postgresql.conf: "NAME [=] VALUE" with quotes and a comment behind it. Of a declared
# name the value travels without its quotes, of any other only the name, of no line the
# comment.
BEGIN { Q = sprintf("%c", 39) }
/^[ \t]*(#|\r?$)/ { next }
{
  s = stripped($0)
  if (!match(s, /^[A-Za-z_][A-Za-z0-9_.]*/)) { out(NR, "_"); next }
  name = tolower(substr(s, 1, RLENGTH))
  s = substr(s, RLENGTH + 1)
  sub(/^[ \t]*=?[ \t]*/, "", s)
  value = ""
  if (substr(s, 1, 1) == Q) {
    for (i = 2; i <= length(s); i++) {
      c = substr(s, i, 1)
      if (c == "\\" || (c == Q && substr(s, i + 1, 1) == Q)) c = substr(s, ++i, 1)
      else if (c == Q) break
      value = value c
    }
    if (i > length(s)) bad = 1
  } else {
    value = s
    sub(/[ \t#].*/, "", value)
  }
  out(NR, name "\t" (bare(name) in declared ? esc(value) : "_"))
}
