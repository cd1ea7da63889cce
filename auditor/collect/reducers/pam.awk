# pam.d(5): TYPE CONTROL MODULE [ARGUMENT...] or @include FILE, tabs between. Of an
# argument NAME=VALUE the value stays only where NAME is declared: modules take
# passwords.
function flush(   s, control, n, w, i, line, name) {
  if (held == "") return
  s = held; held = ""
  sub(/#.*/, "", s); s = stripped(s)
  if (s == "") return
  control = ""
  if (match(s, /\[[^]]*\]/)) { # [success=1 default=ignore] is one word
    control = substr(s, RSTART, RLENGTH)
    s = substr(s, 1, RSTART - 1) "[]" substr(s, RSTART + RLENGTH)
  }
  n = split(s, w, /[ \t]+/)
  line = esc(w[1])
  for (i = 2; i <= n; i++) {
    name = w[i]
    if (i == 2 && name == "[]") name = control
    else if (i > 3 && name ~ /=/) {
      sub(/=.*/, "", name)
      name = name "=" ((bare(name) in declared) ? substr(w[i], length(name) + 2) : "_")
    }
    line = line "\t" esc(name)
  }
  out(at, line)
}
{
  if (glue) held = held " " stripped($0)
  else { flush(); held = $0; at = NR }
  glue = (held ~ /\\$/)
  if (glue) held = substr(held, 1, length(held) - 1)
}
END { flush() }
