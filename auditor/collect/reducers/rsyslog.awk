# rsyslog.conf(5), a statement a line, its words by tabs:
#   selector SELECTOR ACTION    object NAME KEY=VALUE...    include PATH
#   directive $NAME VALUE       if EXPRESSION               open | close | stop
# Comments go (also /* */ over lines), objects are joined over lines. Undeclared keys of
# objects keep their name, actions other than files, hosts and stops become "_".
function clean(s,   i, c, r) {
  r = ""
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (incomment) { if (c == "*" && substr(s, i + 1, 1) == "/") { incomment = 0; i++ } continue }
    if (quote != "") { if (c == "\\") { r = r c; c = substr(s, ++i, 1) } else if (c == quote) quote = "" }
    else if (c == "\"" || c == "\047") quote = c
    else if (c == "/" && substr(s, i + 1, 1) == "*") { incomment = 1; i++; continue }
    else if (c == "#" && (r == "" || depth > 0 || r ~ /[ \t]$/)) break
    else if (c == "(") depth++
    else if (c == ")") depth--
    r = r c
  }
  return r
}
function object(s,   name, p, line, key, value) {
  p = index(s, "("); name = tolower(stripped(substr(s, 1, p - 1)))
  s = substr(s, p + 1)
  line = "object\t" esc(name)
  while (match(s, /[A-Za-z_.]+[ \t]*=[ \t]*"/)) {
    key = tolower(substr(s, RSTART, RLENGTH)); sub(/[ \t]*=.*/, "", key)
    s = substr(s, RSTART + RLENGTH)
    p = index(s, "\"")
    if (!p) { bad = 1; return }
    value = substr(s, 1, p - 1); s = substr(s, p + 1)
    line = line "\t" key "=" ((key in declared) ? esc(value) : "_")
  }
  out(at, line)
  p = index(s, ")")
  if (p) statement(stripped(substr(s, p + 1)))
}
function action(s) {
  sub(/;.*/, "", s)
  return (s ~ /^(@|-?\/|~$|stop$|\*$)/) ? esc(s) : "_"
}
function statement(s,   w, first) {
  s = stripped(s)
  if (s == "") return
  if (s == "{" || s == "}") { out(at, s == "{" ? "open" : "close"); return }
  if (s ~ /^\}/) { out(at, "close"); statement(substr(s, 2)); return }
  if (s ~ /^\{/) { out(at, "open"); statement(substr(s, 2)); return }
  if (s ~ /\}$/) { statement(substr(s, 1, length(s) - 1)); out(at, "close"); return }
  if (tolower(s) == "stop" || s == "~") { out(at, "stop"); return }
  if (s ~ /^&/) { out(at, "selector\t&\t" action(stripped(substr(s, 2)))); return }
  if (s ~ /^\$/) {
    split(s, w, /[ \t]+/)
    first = tolower(substr(w[1], 2))
    if (first == "includeconfig") out(at, "include\t" esc(w[2]))
    else out(at, "directive\t" esc(w[1]) "\t" ((first in declared) ? esc(w[2]) : "_"))
    return
  }
  if (tolower(s) ~ /^include[ \t]*\(/ && match(s, /file[ \t]*=[ \t]*"[^"]*"/)) {
    s = substr(s, RSTART, RLENGTH); sub(/^[^"]*"/, "", s); sub(/"$/, "", s)
    out(at, "include\t" esc(s)); return
  }
  if (tolower(s) ~ /^if[ \t(]/) {
    w[1] = tolower(s); first = index(w[1], " then")
    out(at, "if\t" esc(first ? stripped(substr(s, 3, first - 3)) : "_"))
    if (first) statement(substr(s, first + 5))
    return
  }
  if (s ~ /^(-?\/|@)/) { out(at, "selector\t*.*\t" action(s)); return }
  if (s ~ /^[a-zA-Z_]+[ \t]*\(/) { object(s); return }
  if (s ~ /^:/) { out(at, "if\t_"); sub(/^:[^"]*"([^"\\]|\\.)*"/, "", s); statement("*.* " stripped(s)); return }
  if (match(s, /[ \t]+/)) {
    first = substr(s, 1, RSTART - 1); s = substr(s, RSTART + RLENGTH)
    if (s ~ /^[a-zA-Z_]+[ \t]*\(/) { out(at, "selector\t" esc(first) "\tobject"); object(s) }
    else out(at, "selector\t" esc(first) "\t" action(s))
    return
  }
  out(at, "_")
}
# A directive or a plain rule is a line as it stands: a sign of a comment in it is text.
function plain(s) {
  return s ~ /^[$:&]/ || (s ~ /^[^ \t(){}\/#]+[ \t]+[^ \t(]/ && tolower(s) !~ /^(if|else)[ \t]/ && s !~ /^[^ \t]+[ \t]+[a-zA-Z_]+[ \t]*\(/ && s !~ /^[a-zA-Z_]+[ \t]*\(/)
}
{
  text = stripped($0)
  if (held == "" && !incomment && !glue && plain(text)) { at = NR; glued = text }
  else if (glue) glued = glued text
  else {
    text = clean($0)
    if (held == "") { held = text; at = NR } else held = held " " text
    if (depth > 0) next
    text = held; held = ""
    statement(text)
    next
  }
  glue = (glued ~ /\\$/)
  if (glue) { glued = substr(glued, 1, length(glued) - 1); next }
  statement(glued)
}
END { if (!cut && (depth > 0 || quote != "")) bad = 1 }
