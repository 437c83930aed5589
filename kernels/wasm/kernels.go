package main

// A kernel is a function of every set.
type kernel struct {
	name string
	signature
	write func(f *function, m arithmetic)
}

// kernels returns all of them, in the order of the table in which Go finds them.
func kernels() []kernel {
	ints := func(n int) []valueType {
		t := make([]valueType, n)
		for i := range t {
			t[i] = i32
		}
		return t
	}
	list := []kernel{
		{"panel", signature{params: ints(10)}, panel},
		{"lstm", signature{params: ints(5)}, lstmCell},
		{"gru", signature{params: ints(4)}, gruCell},
		{"quantize", signature{append(ints(3), f32), ints(1)}, func(f *function, _ arithmetic) { quantize(f) }},
		{"linear_int8", signature{params: append(append(ints(9), f32), ints(2)...)}, linearInt8},
		{"widen", signature{params: ints(3)}, func(f *function, _ arithmetic) { widen(f) }},
	}
	for _, in := range []format{float, half} {
		step := func(name string, write func(*function, arithmetic, format)) kernel {
			return kernel{name + in.suffix, signature{params: ints(11)}, func(f *function, m arithmetic) { write(f, m, in) }}
		}
		list = append(list, step("linear", linear), step("lstm_step", lstmStep), step("gru_step", gruStep))
	}
	elements := func(name string, sources int, value func(f *function, m arithmetic, src []code) code) kernel {
		return kernel{name, signature{params: ints(2 + sources)}, func(f *function, m arithmetic) {
			elementwise(f, sources, func(src []code) code { return value(f, m, src) })
		}}
	}
	activation := func(name string, of func(*function, arithmetic, code) code) kernel {
		return elements(name, 1, func(f *function, m arithmetic, src []code) code { return of(f, m, src[0]) })
	}
	return append(list,
		activation("tanh", tanh), activation("sigmoid", sigmoid), activation("exp", exp), activation("relu", relu),
		elements("mul", 2, func(_ *function, _ arithmetic, src []code) code { return mul(src[0], src[1]) }),
		elements("mul_add", 3, func(_ *function, m arithmetic, src []code) code { return m.fma(src[0], src[1], src[2]) }),
		elements("blend", 3, func(_ *function, m arithmetic, src []code) code { // z, before, n
			return m.fma(src[0], sub(src[1], src[2]), src[2])
		}),
	)
}
