# sudoers(5), doas.conf(5): every word counts but comments, quoted texts and doas.conf's
# setenv. A line that ends with a backslash goes on; "#" before digits is an id.
function uncommented(s,   i, c, quoted, start, r) {
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (c == "\\" && !quoted) { r = r c substr(s, ++i, 1); continue }
    if (c == "\"") {
      if (!quoted) start = length(r) + 1
      else if (!whole && (substr(r, start) !~ /^"(\/[A-Za-z0-9_.,:\/-]*|[%+#]?[A-Za-z0-9_. @\\-]*)$/ || prose))
        r = substr(r, 1, start) "_"
      quoted = !quoted
    }
    if (c == "#" && !quoted && substr(s, i + 1, 1) !~ /[0-9]/) break
    r = r c
  }
  return stripped(r)
}
function flush(   s) {
  if (held == "") return
  s = stripped(held); held = ""
  # Of Defaults the free texts go: prompts, messages, addresses of mail.
  prose = (s ~ /^Defaults/ && s !~ /"\//)
  # An include line is a path; a quoted name of a rule may be one of a directory.
  whole = (s ~ /^@include/)
  s = (s ~ /^#include(dir)?[ \t]/) ? s : uncommented(s)
  sub(/setenv[ \t]*[{][^}]*[}]?/, "setenv { _ }", s)
  if (s != "") out(at, esc(s))
}
{
  if (glue) held = held " " stripped($0)
  else { flush(); held = $0; at = NR }
  glue = (held ~ /\\$/)
  if (glue) held = substr(held, 1, length(held) - 1)
}
END { flush() }
