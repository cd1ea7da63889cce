# redis.conf and its ACL files: "NAME ARGUMENT ..." split and unquoted as Redis does,
# tabs between. Declared names travel with their arguments. A password is one word of
# empty, short (under 16 characters) and long; of a user's rules only those stay that
# say whether a password is asked for.
BEGIN { Q = sprintf("%c", 39); secrets = " requirepass masterauth " }
function hex(s) { return index("0123456789abcdef", tolower(s)) - 1 }
function next_word(   c, quote, started) { # from s at i: sets word, false at the end
  word = ""
  while (substr(s, i, 1) ~ /[ \t\r]/) i++
  for (; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (quote == "\"" && c == "\\") {
      if (substr(s, i + 1, 3) ~ /^x[0-9a-fA-F][0-9a-fA-F]/) { word = word "?"; i += 3 }
      else { word = word substr(s, i + 1, 1); i++ }
    } else if (quote == Q && substr(s, i, 2) == "\\" Q) { word = word Q; i++ }
    else if (quote != "") { if (c == quote) quote = ""; else word = word c }
    else if (c == "\"" || c == Q) { quote = c; started = 1 }
    else if (c ~ /[ \t\r]/) break
    else word = word c
  }
  if (quote != "") bad = 1
  return word != "" || started
}
function shown(name, n, w) {
  if (index(secrets, " " name " "))
    return w == "" ? "empty" : length(w) < 16 ? "short" : "long"
  if (name == "user") {
    if (n == 1 || tolower(w) ~ /^(on|off|nopass|resetpass|reset)$/) return esc(w)
    return w ~ /^[>#]/ ? substr(w, 1, 1) "_" : "_"
  }
  return bare(name) in declared ? esc(w) : "_"
}
/^[ \t]*(#|\r?$)/ { next }
{
  s = $0; i = 1
  if (!next_word()) next
  name = tolower(word)
  line = esc(name)
  for (n = 1; next_word(); n++) line = line "\t" shown(name, n, word)
  out(NR, line)
}
