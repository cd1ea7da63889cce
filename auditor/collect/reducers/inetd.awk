# inetd.conf(5): "SERVICE TYPE PROTOCOL WAIT USER PROGRAM [NAME [WORD...]]", tabs
# between. Passwords may stand among the words: only paths and the letter of an option
# stay.
/^[ \t]*(#|$)/ || NF < 6 { next }
{
  line = esc($1)
  for (i = 2; i <= 7 && i <= NF; i++) line = line "\t" esc($i)
  for (i = 8; i <= NF; i++) {
    word = $i
    if (word ~ /^-../) word = substr(word, 1, 2) "_"
    else if (word !~ /^[-\/]/) word = "_"
    line = line "\t" esc(word)
  }
  out(NR, line)
}
