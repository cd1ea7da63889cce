# Rules of a packet filter that count connections of a port, as nft(8) lists them.
/dports? / && /limit rate|ct count|xt match "(recent|hashlimit|connlimit|limit)"/ {
  gsub(/comment "[^"]*"/, "")
  out(NR, esc(stripped($0)))
}
