package mixture

import (
	"math"
	"math/rand/v2"
)

// A Noise is a kind of sound that is no speech.
type Noise struct {
	Name string
	Make func(rng *rand.Rand, n int) []float32
}

// Trained are the kinds that builtin:vad is trained on, beside recordings.
var Trained = []Noise{
	{"white", white}, {"pink", pink}, {"brown", brown}, {"band", band}, {"hum", hum}, {"tones", tones},
	{"clicks", clicks}, {"rain", rain}, {"fan", fan}, {"music", music}, {"sweep", sweep}, {"bumps", bumps},
}

// Held are the kinds that it is measured on alone.
var Held = []Noise{
	{"typing", typing}, {"engine", engine}, {"wind", wind}, {"birds", birds}, {"alarm", alarm}, {"drill", drill},
}

func white(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// pink falls by 3 dB an octave, by P. Kellet's filter of poles.
func pink(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	var a, b, c float64
	for i := range x {
		w := rng.NormFloat64()
		a = 0.99765*a + 0.0990460*w
		b = 0.96300*b + 0.2965164*w
		c = 0.57000*c + 1.0526913*w
		x[i] = float32(a + b + c + 0.1848*w)
	}
	return x
}

// brown falls by 6 dB an octave above 20 Hz or more.
func brown(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	a := 1 - 2*math.Pi*(20+80*rng.Float64())/Rate
	y := 0.
	for i := range x {
		y = a*y + rng.NormFloat64()
		x[i] = float32(y)
	}
	return x
}

// band is noise of some frequencies, which wander.
func band(rng *rand.Rand, n int) []float32 {
	x := bandPass(white(rng, n), 150*math.Pow(40, rng.Float64()), 0.5+4*rng.Float64())
	depth, hertz := 0.8*rng.Float64(), 0.1+8*rng.Float64()
	for i := range x {
		x[i] *= float32(1 + depth*math.Sin(2*math.Pi*hertz*float64(i)/Rate))
	}
	return x
}

// hum is that of the mains, or of a transformer.
func hum(rng *rand.Rand, n int) []float32 {
	hertz := []float64{50, 60, 100, 120, 400}[rng.IntN(5)] * (0.99 + 0.02*rng.Float64())
	falls := 0.5 + 1.5*rng.Float64()
	x := harmonics(rng, n, func(int) float64 { return hertz }, func(k int) float64 { return rng.Float64() * math.Pow(float64(k), -falls) })
	return add(x, white(rng, n), 0.05*rng.Float64())
}

// harmonics is a sound with overtones: of a frequency at every sample, with the amplitude of
// each overtone.
func harmonics(rng *rand.Rand, n int, hertz func(i int) float64, overtone func(k int) float64) []float32 {
	x := make([]float32, n)
	var loud, phases []float64
	for k := 1; k <= 30 && float64(k)*hertz(0) < Rate/2.2; k++ {
		loud, phases = append(loud, overtone(k)), append(phases, rng.Float64()*2*math.Pi)
	}
	turn := 0.
	for i := range x {
		h := hertz(i)
		turn += 2 * math.Pi * h / Rate
		if turn > 2*math.Pi {
			turn -= 2 * math.Pi
		}
		y := 0.
		for k, a := range loud {
			if float64(k+1)*h < Rate/2 {
				y += a * math.Sin(float64(k+1)*turn+phases[k])
			}
		}
		x[i] = float32(y)
	}
	return x
}

// tones are beeps, of one frequency each or of two, as those of a telephone.
func tones(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	period, length := 800+rng.IntN(2*Rate), 0
	second := rng.IntN(2)
	for at := 0; at < n; at += period {
		length = period / (1 + rng.IntN(4))
		f, g := 200*math.Pow(16, rng.Float64()), 200*math.Pow(16, rng.Float64())
		for i := range min(length, n-at) {
			t := 2 * math.Pi * float64(i) / Rate
			x[at+i] = float32(math.Sin(f*t) + float64(second)*math.Sin(g*t))
		}
		fade(x[at:][:min(length, n-at)])
	}
	return x
}

// clicks decay within milliseconds.
func clicks(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	rate := 0.5 * math.Pow(60, rng.Float64()) // a second
	for at := 0; at < n; at += 1 + int(-math.Log(1-rng.Float64())*Rate/rate) {
		strike(rng, x[at:], 500+5000*rng.Float64(), 0.001+0.01*rng.Float64(), 0.2+rng.Float64())
	}
	return x
}

// strike adds a tone with noise that decays in so many seconds.
func strike(rng *rand.Rand, x []float32, hertz, seconds, loud float64) {
	for i := range min(len(x), int(7*seconds*Rate)) {
		t := float64(i) / Rate
		x[i] += float32(loud * math.Exp(-t/seconds) * (math.Sin(2*math.Pi*hertz*t) + 0.5*rng.NormFloat64()))
	}
}

func rain(rng *rand.Rand, n int) []float32 {
	x := highPass(white(rng, n), 1000+2000*rng.Float64())
	for i := range x {
		x[i] *= 0.2
	}
	rate := 50 + 400*rng.Float64()
	for at := 0; at < n; at += 1 + int(-math.Log(1-rng.Float64())*Rate/rate) {
		strike(rng, x[at:], 1500+5000*rng.Float64(), 0.001+0.003*rng.Float64(), rng.Float64())
	}
	return x
}

// fan is noise that goes round, with the tone of the blades.
func fan(rng *rand.Rand, n int) []float32 {
	x := lowPass(pink(rng, n), 500+4000*rng.Float64())
	hertz, depth := 3+25*rng.Float64(), 0.6*rng.Float64()
	blades := harmonics(rng, n, func(int) float64 { return 7 * hertz }, func(k int) float64 { return rng.Float64() / float64(k) })
	for i := range x {
		x[i] *= float32(1 + depth*math.Sin(2*math.Pi*hertz*float64(i)/Rate))
	}
	return add(x, blades, 0.7*rng.Float64())
}

// sweep is a tone that rises and falls, at times with overtones.
func sweep(rng *rand.Rand, n int) []float32 {
	middle, wide, rate := 150*math.Pow(15, rng.Float64()), 0.8*rng.Float64(), 0.1+5*rng.Float64()
	rich := rng.Float64()
	return harmonics(rng, n, func(i int) float64 {
		return middle * (1 + wide*math.Sin(2*math.Pi*rate*float64(i)/Rate))
	}, func(k int) float64 { return math.Pow(rich, float64(k-1)) })
}

// bumps are short noises of all kinds, as of things that are moved.
func bumps(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for at := 0; at < n; at += 1 + int(-math.Log(1-rng.Float64())*0.6*Rate) {
		length := min(n-at, 300+rng.IntN(Rate/2))
		bump := bandPass(white(rng, length), 80*math.Pow(50, rng.Float64()), 0.3+3*rng.Float64())
		decay := float64(length) * (0.1 + 0.5*rng.Float64())
		loud := 0.1 + rng.Float64()
		for i, v := range bump {
			x[at+i] += float32(loud * math.Exp(-float64(i)/decay) * float64(v))
		}
	}
	return x
}

// add adds so much of y to x.
func add(x, y []float32, much float64) []float32 {
	for i, v := range y {
		x[i] += float32(much) * v
	}
	return x
}
