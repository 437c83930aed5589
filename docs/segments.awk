# Draws segments.svg: a sound of 16 kHz, the probability of speech in each 16 ms of it,
# and the segments that rnnrun vad finds. It reads the three one after the other:
#
#     f=testdata/vad/five-seven.wav
#     awk -f docs/segments.awk <(od -An -t d2 -v -w2 -j44 $f) \
#         <(rnnrun run -m builtin:vad -i $f) <(rnnrun vad -i $f) >docs/segments.svg
BEGIN { left = 40; width = 545; half = 42; middle = 62; column = 40; steps = segments = 0 } # 40 samples make a column of the picture

FNR == 1 { input++ }

input == 1 {
	at = int(samples / column)
	samples += 1
	if ($1 > high[at]) high[at] = $1
	if ($1 < low[at]) low[at] = $1
}

input == 2 { probability[steps++] = $1 }

input == 3 { start[segments] = $1; end[segments++] = $2 }

function x(seconds) { return left + width * seconds * 16000 / samples }

END {
	print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 226\" width=\"600\" height=\"226\" role=\"img\" aria-labelledby=\"title\">"
	printf "<title id=\"title\">The waveform of two spoken words, the probability of speech over it, and %d segments around the words</title>\n", segments
	print "<style>"
	print "text { font: 13px sans-serif; fill: #1f2328 } .end { text-anchor: end } .middle { text-anchor: middle } .axis { stroke: #8c959f; stroke-opacity: .5 }"
	print ".wave { fill: #0072b2 } .line { fill: none; stroke: #d55e00; stroke-width: 1.8 } .segment { fill: #e69f00; fill-opacity: .25 }"
	print "@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .wave { fill: #56b4e9 } .line { stroke: #ff8f3f } }"
	print "</style>"
	for (i = 0; i < segments; i++) {
		printf "<rect class=\"segment\" x=\"%.1f\" y=\"16\" width=\"%.1f\" height=\"174\"/>\n", x(start[i]), x(end[i]) - x(start[i])
		printf "<text class=\"middle\" x=\"%.1f\" y=\"12\">%.2f–%.2f s</text>\n", x((start[i] + end[i]) / 2), start[i], end[i]
	}
	for (i = 0; i <= at; i++)
		if (high[i] > greatest || -low[i] > greatest) greatest = high[i] > -low[i] ? high[i] : -low[i]
	printf "<path class=\"wave\" d=\""
	for (i = 0; i <= at; i++)
		printf "%s%.1f %.1f", i ? "L" : "M", x(i * column / 16000), middle - half * high[i] / greatest - 0.4
	for (i = at; i >= 0; i--)
		printf "L%.1f %.1f", x(i * column / 16000), middle - half * low[i] / greatest + 0.4
	print "Z\"/>"
	for (p = 0; p <= 1; p += 0.5) {
		printf "<path class=\"axis\" d=\"M%d %.1fH%d\"/>\n", left, 188 - 70 * p, left + width
		printf "<text class=\"end\" x=\"%d\" y=\"%.1f\">%s</text>\n", left - 6, 192 - 70 * p, p
	}
	printf "<path class=\"line\" d=\""
	for (i = 0; i < steps; i++) # a step's probability is known at its end
		printf "%s%.1f %.1f", i ? "L" : "M", x((i + 1) * 0.016), 188 - 70 * probability[i]
	print "\"/>"
	for (s = 0; s <= samples / 16000; s += 0.5)
		printf "<text class=\"middle\" x=\"%.1f\" y=\"208\">%s</text>\n", x(s), s
	printf "<text class=\"middle\" x=\"%.1f\" y=\"222\">seconds</text>\n", x(samples / 32000)
	print "</svg>"
}
