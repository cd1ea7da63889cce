# Sections, and below them "key = value": of an undeclared key only the name; a bare
# word only when it is declared. A line that ends with a backslash goes on, a comment
# does not (tried on Samba and rsync).
function flush(   s, p, name) {
  if (held == "") return
  s = stripped(held); held = ""
  if (s ~ /^[#;]/ || s == "") return
  if (s ~ /^\[/ || s ~ /^(!include|&include|&merge)/) { out(at, esc(s)); return }
  if (p = index(s, "=")) {
    name = stripped(substr(s, 1, p - 1))
    if (bare(name) in declared) out(at, esc(name) " = " esc(stripped(substr(s, p + 1))))
    else out(at, esc(name) " = _")
  } else out(at, (bare(s) in declared) ? esc(s) : "_")
}
{
  if (glue) held = held stripped($0)
  else if (/^[ \t]*[#;]/) { flush(); next }
  else { flush(); held = $0; at = NR }
  glue = (held ~ /\\$/)
  if (glue) held = substr(held, 1, length(held) - 1)
}
END { flush() }
