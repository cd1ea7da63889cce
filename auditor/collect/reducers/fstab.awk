# fstab(5), crypttab(5): the first three fields; of the rest only the names of options.
!/^[ \t]*(#|$)/ {
  line = esc($1) " " esc($2) " " esc($3)
  n = split($4, w, ",")
  for (i = 1; i <= n; i++) { sub(/=.*/, "=_", w[i]); line = line (i == 1 ? " " : ",") esc(w[i]) }
  out(NR, line)
}
