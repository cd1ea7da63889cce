# authorized_keys, see sshd(8), and public key files: OPTIONS TYPE KEY WHOSE, tabs between.
# Of the options (";" between, "-" for none) from and expiry-time keep their values:
# command and environment hold passwords. WHOSE is the comment up to its first @. A line
# that is no key becomes "_".
function is_type(s) {
  return s ~ /^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9-]+(@openssh\.com)?$/
}
function option(s,   name) {
  name = tolower(s); sub(/=.*/, "", name)
  if (name !~ /^[a-z0-9-]+$/) return "_"
  if (s !~ /=/) return name
  if (name != "from" && name != "expiry-time") return name "=_"
  s = substr(s, length(name) + 2); gsub(/"/, "", s)
  return name "=" esc(s)
}
function options_of(s,   i, c, quoted, one, all) {
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (c == "\\" && substr(s, i + 1, 1) == "\"") { i++; one = one "_"; continue }
    if (c == "\"") quoted = !quoted
    if (c == "," && !quoted) { all = all ";" option(one); one = "" }
    else one = one c
  }
  return substr(all ";" option(one), 2)
}
function end_of_options(s,   i, c, quoted) { # where the first unquoted blank stands
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (c == "\\" && substr(s, i + 1, 1) == "\"") i++
    else if (c == "\"") quoted = !quoted
    else if ((c == " " || c == "\t") && !quoted) return i
  }
  return i
}
/^[ \t]*#/ || /^[ \t\r]*$/ { next }
{
  s = stripped($0); given = "-"
  first = s; sub(/[ \t].*/, "", first)
  if (!is_type(first)) {
    i = end_of_options(s)
    given = options_of(substr(s, 1, i - 1))
    s = stripped(substr(s, i))
  }
  n = split(s, w, /[ \t]+/)
  if (n < 2 || !is_type(w[1]) || w[2] ~ /[^A-Za-z0-9+\/=]/) { out(NR, "_"); next }
  sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]*/, "", s); sub(/@.*/, "", s)
  out(NR, given "\t" w[1] "\t" w[2] "\t" esc(substr(s, 1, 64)))
}
