# nginx: "WORD ... ;" and "WORD ... { ... }", read character by character as its lexer
# does, so that quotes, comments and folded lines hide nothing. A declared name travels
# with its arguments (NAME/2: with the first two), of any other only the name. Inside
# map, geo, types ... the first word is data too, in Lua everything: nothing of it stays.
BEGIN {
  n = split(keys, w, " ")
  for (i = 1; i <= n; i++) {
    p = index(w[i], "/")
    if (p) many[substr(w[i], 1, p - 1)] = substr(w[i], p + 1) + 0
    else many[w[i]] = 999
  }
  n = split("map geo split_clients types charset_map", w, " ")
  for (i = 1; i <= n; i++) holds_data[w[i]] = 1
  Q = sprintf("%c", 39)
}
function hidden(s) { return s ~ /^https:\/\// ? "https://_" : "_" }
function word_ends() {
  if (!open) return
  args[++na] = tok; tok = ""; open = 0
}
function directive_ends(sign,   i, line, stays) {
  word_ends()
  if (na && !data) {
    stays = args[1] in many ? many[args[1]] : 0
    line = esc(args[1])
    for (i = 2; i <= na; i++)
      line = line "\t" (i - 1 <= stays ? esc(args[i]) : hidden(args[i]))
    out(at, line "\t" sign)
  }
  if (sign == "{") {
    within[++depth] = data
    if (na && args[1] in holds_data) data = 1
    if (na && args[1] ~ /_by_lua_block$/) { lua = 1; lua_quote = long = "" }
  }
  na = 0
}
function block_ends() {
  if (na || open || !depth) { bad = 1; return }
  data = within[depth--]
  if (!data) out(NR, "}")
}
function add(s) {
  if (!open) { open = 1; if (!na) at = NR }
  tok = tok s
}
function long_bracket(s) { # [[ or [=[ at the start of s: sets long to what ends it
  if (s !~ /^\[=*\[/) return 0
  match(s, /^\[=*\[/)
  long = "]" substr(s, 2, RLENGTH - 2) "]"
  return RLENGTH
}
function lua_from(s, i,   n, c, p) { # the place behind the block, or behind the line
  n = length(s)
  while (i <= n) {
    c = substr(s, i, 1)
    if (long != "") {
      p = index(substr(s, i), long)
      if (!p) return n + 1
      i += p + length(long) - 1; long = ""
    } else if (lua_quote != "") {
      if (c == "\\") i++
      else if (c == lua_quote) lua_quote = ""
      i++
    } else if (substr(s, i, 2) == "--") {
      p = long_bracket(substr(s, i + 2, 40))
      if (!p) return n + 1
      i += 2 + p
    } else if (c == "[" && (p = long_bracket(substr(s, i, 40)))) i += p
    else {
      if (c == "\"" || c == Q) lua_quote = c
      if (c == "{") lua++
      i++
      if (c == "}" && !--lua) { block_ends(); return i }
    }
  }
  if (lua_quote != "" && s !~ /\\$/) lua_quote = ""
  return i
}
{
  s = $0; n = length(s); i = 1
  while (i <= n) {
    if (lua) { i = lua_from(s, i); continue }
    c = substr(s, i, 1)
    if (slash) { # the one before this was a backslash
      slash = 0; i++
      if (c == "\"" || c == Q || c == "\\") add(c)
      else if (c == "t") add("\t")
      else if (c == "r") add("\r")
      else if (c == "n") add("\n")
      else add("\\" c)
      dollar = 0
    } else if (c == "\\") { slash = 1; i++; add("") }
    else if (quote != "") {
      i++
      if (c == quote) { quote = ""; word_ends() } else add(c)
    } else if (open) {
      i++
      if (c ~ /[ \t\r]/) word_ends()
      else if (c == ";") directive_ends(";")
      else if (c == "{" && !dollar) directive_ends("{")
      else if (match(substr(s, i - 1, 200), /^[^ \t\r;{\\$]+/)) {
        add(substr(s, i - 1, RLENGTH)); i += RLENGTH - 1
      } else add(c)
      dollar = (c == "$")
    } else {
      i++
      if (c ~ /[ \t\r]/) continue
      if (c == "#") break
      if (c == "\"" || c == Q) { quote = c; add("") }
      else if (c == ";") directive_ends(";")
      else if (c == "{") directive_ends("{")
      else if (c == "}") block_ends()
      else { add(c); dollar = (c == "$") }
    }
  }
  if (lua) next
  if (slash) { add("\\\n"); slash = 0 }
  else if (quote != "") add("\n")
  else word_ends()
}
END { if (depth || na || open || quote != "") bad = 1 }
