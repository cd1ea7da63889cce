"""How it is said: words of one language, sentences, lines; hostile text made safe."""
