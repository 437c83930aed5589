# Draws speed.svg from the table of streaming steps in bench/RESULTS.md:
#
#     awk -f docs/speed.awk bench/RESULTS.md >docs/speed.svg
#
# A bar is a peer's time for a step as a multiple of rnnrun's. Its length is the
# logarithm of the multiple, since those of small and of large networks differ by 100.
BEGIN {
	FS = " *[|] *"
	shown = split("LSTM 1→40;LSTM 64→128;GRU 64→128;LSTM 128→256 ×2;GRU 512→1024", networks, ";")
	left = 150; right = 556; top = 64; row = 46; bar = 16; greatest = 200
}

/^## / { streaming = /^## Streaming: / }

# | network | KiB | rnnrun | reading | × | ONNX Runtime | × | OpenBLAS | × | BLIS | × |
streaming && NF == 13 {
	onnx[$2] = $8
	pytorch[$2] = $9 + 0 < $11 + 0 ? $10 : $12 # the faster of the two BLAS
}

function x(multiple) { return left + (right - left) * log(multiple) / log(greatest) }

function draw(y, multiple, class) {
	printf "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>\n", class, left, y, x(multiple) - left, bar
	printf "<text x=\"%.1f\" y=\"%d\">%s</text>\n", x(multiple) + 5, y + 13, sprintf(multiple < 10 ? "%.1f×" : "%.0f×", multiple)
}

END {
	height = top + shown * row + 26
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 %d\" width=\"600\" height=\"%d\" role=\"img\" aria-labelledby=\"title\">\n", height, height
	print "<title id=\"title\">Time of a streaming step relative to rnnrun's, which is 1: ONNX Runtime and PyTorch take longer for every network</title>"
	print "<style>"
	print "text { font: 13px sans-serif; fill: #1f2328 } .head { font-weight: bold } .grid { stroke: #8c959f; stroke-opacity: .35 } .one { stroke: #1f2328 }"
	print ".onnx { fill: #0072b2 } .pytorch { fill: #e69f00 } .end { text-anchor: end } .middle { text-anchor: middle }"
	print "@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .one { stroke: #e6edf3 } .onnx { fill: #56b4e9 } }"
	print "</style>"
	print "<text class=\"head\" x=\"8\" y=\"20\">Time of one streaming step relative to rnnrun (1×), float32, one thread</text>"
	printf "<rect class=\"onnx\" x=\"%d\" y=\"33\" width=\"14\" height=\"14\" rx=\"2\"/><text x=\"%d\" y=\"45\">ONNX Runtime 1.30</text>\n", left, left + 20
	printf "<rect class=\"pytorch\" x=\"%d\" y=\"33\" width=\"14\" height=\"14\" rx=\"2\"/><text x=\"%d\" y=\"45\">PyTorch 1.13</text>\n", left + 170, left + 190
	ticks = split("1 2 5 10 20 50 100 200", tick, " ")
	for (i = 1; i <= ticks; i++) {
		printf "<path class=\"%s\" d=\"M%.1f %dV%d\"/>\n", i == 1 ? "one" : "grid", x(tick[i]), top - 6, top + shown * row
		printf "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s×</text>\n", x(tick[i]), top + shown * row + 18, tick[i]
	}
	for (i = 1; i <= shown; i++) {
		y = top + (i - 1) * row
		printf "<text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n", left - 8, y + bar + 5, networks[i]
		draw(y, onnx[networks[i]], "onnx")
		draw(y + bar + 2, pytorch[networks[i]], "pytorch")
	}
	print "</svg>"
}
