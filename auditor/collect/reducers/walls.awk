# From the body of Mounts, what no search enters. want=patterns: its mount points as
# patterns of -path in find, one a line; want=away: a truncated source for each that may
# hold data. A mount that another one hides, or one inside another of them, is left out.
BEGIN { FS = "\t" }
/^ [0-9]+\t/ && NF == 11 {
  n++
  walk[n] = $2; id[n] = $3; point[n] = $7; type[n] = $8
  covered[$4 "\t" $7] = 1
}
function counts(i) { return walk[i] != "walk" && !((id[i] "\t" point[i]) in covered) }
function inside(i,   j) {
  for (j = 1; j <= n; j++) if (counts(j) && index(point[i], point[j] "/") == 1) return 1
  return 0
}
END {
  for (i = 1; i <= n; i++) {
    if (!counts(i) || inside(i)) continue
    p = point[i]
    if (want == "patterns") {
      gsub(/\\x[0-9a-f][0-9a-f]/, "?", p)
      gsub(/[*?\[]/, "?", p)
      print p
    } else if (walk[i] == "away") print "truncated\tsearch\t" p "\t" type[i]
  }
}
