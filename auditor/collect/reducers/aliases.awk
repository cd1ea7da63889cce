# aliases(5), as far as it concerns root: the entry of root and those that it leads to,
# "NAME TAB TARGET ...". Of a command that gets the mail its program stays. Option
# forward: a file of targets for root, without names (~/.forward).
function target(s,   w) {
  s = stripped(s)
  sub(/^"/, "", s); sub(/"$/, "", s); sub(/^\\/, "", s)
  if (s ~ /^\|/) {
    sub(/^\|[ \t]*/, "", s)
    split(s, w, /[ \t]/)
    return "|" w[1]
  }
  return s
}
function flush(   s, p, n, i, w, r, name) {
  if (held == "") return
  s = held; held = ""
  name = "root"
  if (!has("forward")) {
    if (!(p = index(s, ":"))) return
    name = tolower(stripped(substr(s, 1, p - 1)))
    gsub(/"/, "", name)
    s = substr(s, p + 1)
  }
  n = split(s, w, ",")
  r = ""
  for (i = 1; i <= n; i++) if (stripped(w[i]) != "") r = r "\t" esc(target(w[i]))
  where[name] = at
  leads[name] = has("forward") ? leads[name] r : r
}
/^[ \t]*#/ || /^[ \t\r]*$/ { next }
/^[ \t]/ && held != "" && !has("forward") { held = held " " stripped($0); next }
{ flush(); held = stripped($0); at = NR }
END {
  flush()
  todo[last = 1] = "root"
  for (first = 1; first <= last && first <= 40; first++) {
    name = todo[first]
    if (!(name in leads) || (name in told)) continue
    told[name] = 1
    out(where[name], esc(name) leads[name])
    m = split(leads[name], next_, "\t")
    for (i = 2; i <= m; i++) if (next_[i] !~ /[@|\/:]/) todo[++last] = tolower(next_[i])
  }
}
