# "NAME SEPARATOR VALUE", one a line: a declared name travels with its value as it
# stands, of any other only the name. Options: equals (the sign separates; else blanks
# or one sign), indented (a line that starts with a blank goes on the one before),
# backslash (a line that ends with one goes on), only (undeclared names are left out).
function flush(   s, p, name) {
  if (held == "") return
  s = held; held = ""
  if (s ~ /^[ \t]*#/ || s ~ /^[ \t\r]*$/) return
  p = stripped(s)
  if (match(p, has("equals") ? "[ \t]*=" : "[ \t=]+")) {
    name = substr(p, 1, RSTART - 1)
    if (bare(name) in declared) out(at, esc(s))
    else if (!has("only")) out(at, esc(name) " = _")
  } else if (bare(p) in declared) out(at, esc(p))
  else if (!has("only")) out(at, "_")
}
{
  if (has("indented") && held != "" && /^[ \t]+[^ \t]/) { held = held " " stripped($0); next }
  if (glue) { held = held stripped($0) } else { flush(); held = $0; at = NR }
  glue = (has("backslash") && held ~ /\\$/)
  if (glue) held = substr(held, 1, length(held) - 1)
}
END { flush() }
