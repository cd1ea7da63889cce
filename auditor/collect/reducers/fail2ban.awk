# jail.conf(5): sections, and "key = value" of declared keys, lines that begin with a
# blank joined to the one before. Of actions (keys that begin with "action", which hold
# tokens and passwords) their names stay, and of their parameters dest= alone; of any
# other value its first word.
function actions(s,   i, c, q, inside, name, value, dest, r) {
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (!inside) {
      if (c == "[") { inside = 1; q = name = value = dest = "" }
      else r = r (c ~ /[A-Za-z0-9_%().\/ -]/ ? c : "_")
    } else if (q == "" && (c == "]" || c == ",")) {
      if (stripped(name) == "dest" && value != "") dest = stripped(substr(value, 2))
      name = value = ""
      if (c == "]") { inside = 0; r = r (dest == "" ? "[]" : "[dest=" dest "]") }
    } else if (q != "" && c == q) q = ""
    else if (q == "" && (c == "\"" || c == "\047")) q = c
    else if (value == "" && c != "=") name = name c
    else value = value c
  }
  return inside ? r "_" : r
}
function flush(   s, p, name, value) {
  if (held_line == "") return
  s = held_line; held_line = ""
  sub(/[ \t];.*/, "", s)
  if (!(p = match(s, /[=:]/))) return
  name = tolower(stripped(substr(s, 1, p - 1)))
  value = stripped(substr(s, p + 1))
  if (name ~ /^action/) value = actions(value)
  else if (bare(name) in declared) sub(/[ \t].*/, "", value)
  else return
  if (section != "") out(section_at, esc(section))
  section = ""
  out(at, esc(name) " = " esc(value))
}
/^[ \t]*[#;]/ { next }
/^[ \t\r]*$/ { next }
/^[ \t]/ && held_line != "" { held_line = held_line " " stripped($0); next }
{ flush() }
/^\[/ { section = $0; sub(/\].*/, "]", section); section_at = NR; next }
{ held_line = stripped($0); at = NR }
END { flush() }
