package main

// elementwise writes a loop over vectors of four numbers:
//
//	for range vectors { dst = value(src…) }
//
// with the parameters dst, src…, vectors.
func elementwise(f *function, sources int, value func(src []code) code) {
	dst, vectors := local(0), local(1+sources)
	var src []code
	for i := range sources {
		src = append(src, load(get(local(1+i)), 0))
	}
	body := store(get(dst), 0, value(src))
	for p := range vectors {
		body += advance(p, integer(16))
	}
	f.do(repeat(vectors, body))
}

// widen writes generic.Widen: widen(dst, src, vectors).
func widen(f *function) {
	dst, src, vectors := local(0), local(1), local(2)
	body := store(get(dst), 0, loadHalf(f, f.local(v128), get(src), 0))
	f.do(repeat(vectors, body, advance(dst, integer(16)), advance(src, integer(8))))
}
