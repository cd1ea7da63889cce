# Lines with URIs, comments out; "user:password@" of a URI becomes "_@".
!/^[ \t]*(#|$)/ { gsub(/:\/\/[^\/ \t]*@/, "://_@"); out(NR, esc($0)) }
