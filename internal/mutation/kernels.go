package main

var kernelMutations = []mutation{
	{
		name: "a butterfly turns the wrong way",
		file: "kernels/fft.go",
		old:  "times(dr+ei, di-er, w1r, w1i)", new: "times(dr-ei, di+er, w1r, w1i)",
		tests: "kernels FFT",
	},
	{
		name: "the middle of a spectrum is the sum of all samples",
		file: "kernels/fft.go",
		old:  "re[m], im[m] = float32(z[0]-z[1]), 0", new: "re[m], im[m] = float32(z[0]+z[1]), 0",
		tests: "kernels FFT",
	},
	{
		name: "int8 treats NaN as a number",
		file: "kernels/quantize.go",
		old:  "scale = float32(math.NaN())", new: "_ = math.NaN",
		tests: "runtime ^TestInt8KeepsNaN$",
	},
	{
		name: "an infinity has no scale in int8",
		file: "kernels/quantize.go",
		old:  "min(greatest, math.MaxFloat32)", new: "min(greatest, float32(math.Inf(1)))",
		tests: "runtime ^TestInt8SaturatesInfinities$",
	},
	{
		name: "an LSTM's input gate takes the sums of its forget gate",
		file: "kernels/internal/generic/cell.go",
		old:  "i, f, g, o := sigmoid(a[0]), sigmoid(a[lanes]),", new: "i, f, g, o := sigmoid(a[lanes]), sigmoid(a[0]),",
		tests: "kernels",
	},
	{
		name: "a GRU's reset and update gates are swapped",
		file: "kernels/internal/generic/cell.go",
		old:  "r, z := sigmoid(a[lanes]), sigmoid(a[2*lanes])", new: "z, r := sigmoid(a[lanes]), sigmoid(a[2*lanes])",
		tests: "kernels",
	},
	{
		name: "a GRU's reset gate scales the sum of the input",
		file: "kernels/internal/generic/cell.go",
		old:  "n := tanh(FMA(r, a[3*lanes], a[0]))", new: "n := tanh(FMA(r, a[0], a[3*lanes]))",
		tests: "kernels",
	},
	{
		name: "a product is rounded before it is added",
		file: "kernels/internal/generic/product.go",
		old:  "p = float64(wk[3]) * xk", new: "p = float64(float32(float64(wk[3]) * xk))",
		tests: "kernels",
	},
	{
		name: "the product with a state uses the weights of the inputs",
		file: "kernels/internal/generic/linear.go",
		old:  "w = w[len(v)*rows:]", new: "_ = w[len(v)*rows:]",
		tests: "kernels",
	},
	{
		name: "int8 numbers are truncated instead of rounded",
		file: "kernels/internal/generic/int8.go",
		old:  "return int8(math.RoundToEven(float64(x)))", new: "return int8(math.Trunc(float64(x)))",
		tests: "kernels",
	},
	{
		name: "an int8 row uses the scale of the first row of its tile",
		file: "kernels/internal/generic/int8.go",
		old:  "dst[r] = FMA(float32(sum), scale[r]*step, start[r])", new: "dst[r] = FMA(float32(sum), scale[0]*step, start[r])",
		tests: "kernels",
	},
	{
		name: "a denormal binary16 loses its value",
		file: "internal/binary16/binary16.go",
		old:  "return math.Float32frombits(sign|magnitude) * 0x1p112", new: "return math.Float32frombits(sign | (magnitude + 0x38000000))",
		tests: "kernels",
	},
	{
		name: "tanh is bounded too early",
		file: "kernels/internal/generic/activation.go",
		old:  "tanhMax = 9.125", new: "tanhMax = 8.125",
		tests: "kernels/internal/generic",
	},
	{
		name: "softmax does not subtract the greatest number",
		file: "kernels/internal/generic/activation.go",
		old:  "dst[i] = x - greatest", new: "dst[i] = x",
		tests: "kernels",
	},
	{
		name: "the forget gate's gradient lacks the derivative of the sigmoid",
		file: "kernels/internal/generic/backward.go",
		old:  "dg[lanes+l] = dcl * cp[l] * forget * (1 - forget)", new: "dg[lanes+l] = dcl * cp[l] * forget",
		tests: "kernels",
	},
	{
		name: "Adam adds the weight decay to the weights' square",
		file: "kernels/internal/generic/adam.go",
		old:  "d := g[k] + float32(s.Decay*w[k])", new: "d := g[k] + float32(s.Decay*w[k]*w[k])",
		tests: "kernels",
	},
	{
		name: "a kernel does not check the length of its sums",
		file: "kernels/product.go",
		old:  `checkSpan("acc", len(acc), n, ldacc, m.accumulators())`, new: "",
		tests: "kernels",
	},
	{
		name: "a kernel allocates",
		file: "kernels/softplus.go",
		old:  "for i, x := range src {\n\t\tdst[i] = -abs(x)", new: "dst = append(make([]float32, 0, len(dst)), dst...)\n\tfor i, x := range src {\n\t\tdst[i] = -abs(x)",
		tests: "kernels",
	},
	{
		name: "the offsets of the assembly's arguments change",
		file: "kernels/internal/generic/args.go",
		old:  "\tHidden   int            // 72\n\tTiles    int            // 80: at least 1, but for a narrow last tile\n", new: "\tTiles    int            // 80: at least 1, but for a narrow last tile\n\tHidden   int            // 72\n",
		tests: "kernels/internal/generic",
	},
}
