package frontend

import "math"

// bank returns the weights [Bins][Mels] of the sums of magnitudes or powers, before
// Density.
func (f *FrontEnd) bank() []float64 {
	switch f.Triangles {
	case "python_speech_features":
		return f.binned(f.edges(f.Low, f.High), func(hz float64) float64 {
			return math.Floor(float64(f.Points+1) * hz / float64(f.Rate))
		})
	case "sonopy": // its mels reach up to the rate, as do its bins
		return f.binned(f.apart(), func(bin float64) float64 { return bin })
	}
	return f.straight()
}

// edges returns the corners of the triangles in Hz, evenly spaced in mels.
func (f *FrontEnd) edges(low, high float64) []float64 {
	from, to := f.mel(low), f.mel(high)
	edges := make([]float64, f.Mels+2)
	for i := range edges {
		edges[i] = f.hertz(from + (to-from)*float64(i)/float64(f.Mels+1))
	}
	return edges
}

// apart returns sonopy's corners in bins, each above the one before. The last one depends
// on the last digit, so this follows sonopy's exact sequence of operations.
func (f *FrontEnd) apart() []float64 {
	grid := make([]float64, f.Mels+2)
	offset, before := 0.0, -1.0
	top := 1127 * math.Log(1+float64(f.Rate)/700)
	for i := range grid {
		mel := float64(i) * (top / float64(f.Mels+1))
		if i > f.Mels {
			mel = top
		}
		hz := 700 * (math.Exp(mel/1127) - 1)
		bin := math.Floor(hz * float64(f.Bins()) / float64(f.Rate))
		if i == 0 {
			before = bin - 1
		}
		offset = max(0, offset+before+1-bin)
		grid[i], before = bin+offset, bin
	}
	return grid
}

// straight returns triangles that are straight over Hz or mels.
func (f *FrontEnd) straight() []float64 {
	bank, edges := make([]float64, f.Bins()*f.Mels), f.edges(f.Low, f.High)
	along := func(hz float64) float64 { return hz }
	if f.Triangles != "hz" {
		along = f.mel
	}
	first := 0
	if f.Triangles == "tensorflow" { // which leaves out the frequency 0, and what is near low
		first = int(1.5 + f.Low*float64(f.Points)/float64(f.Rate))
	}
	for k := first; k < f.Bins(); k++ {
		x := along(float64(k) * float64(f.Rate) / float64(f.Points))
		for m := range f.Mels {
			left, middle, right := along(edges[m]), along(edges[m+1]), along(edges[m+2])
			w := max(0, min((x-left)/(middle-left), (right-x)/(right-middle)))
			if f.Area == "slaney" {
				w *= 2 / (edges[m+2] - edges[m])
			}
			bank[k*f.Mels+m] = w
		}
	}
	return bank
}

// binned returns triangles whose corners are bins.
func (f *FrontEnd) binned(edges []float64, bin func(float64) float64) []float64 {
	bank := make([]float64, f.Bins()*f.Mels)
	for m := range f.Mels {
		left, middle, right := bin(edges[m]), bin(edges[m+1]), bin(edges[m+2])
		for k := left; k < min(middle, float64(f.Bins())); k++ {
			bank[int(k)*f.Mels+m] = (k - left) / (middle - left)
		}
		for k := middle; k < min(right, float64(f.Bins())); k++ {
			bank[int(k)*f.Mels+m] = (right - k) / (right - middle)
		}
	}
	return bank
}

// Slaney's scale is linear up to 1000 Hz, and logarithmic above.
const (
	slaneyHertz = 200.0 / 3 // a mel below
	slaneyBreak = 1000.0
)

var slaneyStep = math.Log(6.4) / 27

// mel returns the mels of a frequency.
func (f *FrontEnd) mel(hz float64) float64 {
	if f.Mel == "htk" {
		return 2595 * math.Log10(1+hz/700)
	}
	if hz < slaneyBreak {
		return hz / slaneyHertz
	}
	return slaneyBreak/slaneyHertz + math.Log(hz/slaneyBreak)/slaneyStep
}

// hertz returns the frequency of mels.
func (f *FrontEnd) hertz(mel float64) float64 {
	if f.Mel == "htk" {
		return 700 * (math.Pow(10, mel/2595) - 1)
	}
	if mel < slaneyBreak/slaneyHertz {
		return mel * slaneyHertz
	}
	return slaneyBreak * math.Exp(slaneyStep*(mel-slaneyBreak/slaneyHertz))
}
