# pg_hba.conf: the fields of a rule, tabs between, a token in quotes keeping them; of
# what stands behind the method (bind passwords, secrets of RADIUS) only the names. A
# line that ends with a backslash goes on; comments go.
function fields(s,   i, c, quoted, tok, some, comma, was) {
  n = 0; tok = ""; some = 0; quoted = 0; comma = 0; was = 0
  for (i = 1; i <= length(s) + 1; i++) {
    c = i > length(s) ? " " : substr(s, i, 1)
    if (c == "\"") { quoted = !quoted; some = 1; was = 1; continue }
    if (!quoted && c == "#") { i = length(s) + 1; c = " " }
    if (quoted || c !~ /[ \t\r,]/) { tok = tok c; some = 1; continue }
    if (some) {
      if (was) tok = "\"" tok "\""
      if (comma && n) f[n] = f[n] "," tok
      else f[++n] = tok
      comma = (c == ",") # a list goes on only right behind a word
    }
    tok = ""; some = 0; was = 0
  }
  if (quoted) bad = 1
  return n
}
function flush(   i, line, from) {
  if (held == "") return
  n = fields(held); held = ""
  if (!n) return
  line = esc(f[1])
  from = f[1] == "local" ? 5 : f[5] ~ /^[0-9.]+$|^[0-9a-fA-F]*:[0-9a-fA-F:.]*$/ ? 7 : 6
  if (f[1] ~ /^include/) from = 3
  for (i = 2; i <= n; i++) {
    if (i >= from) { gsub(/"/, "", f[i]); sub(/=.*/, "=_", f[i]) }
    line = line "\t" esc(i >= from && f[i] !~ /=_$/ ? "_" : f[i])
  }
  out(at, line)
}
{
  if (!glue) { flush(); at = NR }
  held = held $0
  glue = (held ~ /\\$/)
  if (glue) held = substr(held, 1, length(held) - 1)
}
END { flush() }
