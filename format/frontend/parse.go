package frontend

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// usual are the settings that hold if neither the specification nor a framework gives
// others.
const usual = "window=25ms,hop=10ms,function=hann,symmetric=no,center=no,clip=no,scale=1,preemphasis=0,preemphasis_in=stream,remove_dc=no,exponent=2,density=no," +
	"mels=40,low=0,mel=htk,triangles=hz,area=none,log=ln,floor=1e-10,offset=0,coefficients=13,dct=ortho,lifter=0,energy=no,mean=0,deviation=1"

// frameworks are the settings that frameworks have by default.
var frameworks = map[string]string{
	"librosa":    "rate=22050,window=2048,hop=512,center=yes,mels=128,mel=slaney,area=slaney,log=db,coefficients=20",
	"torchaudio": "rate=16000,window=400,hop=200,fft=400,center=yes,mels=128,log=db,coefficients=40",
	"tensorflow": "rate=16000,window=30ms,hop=10ms,exponent=1,low=20,high=4000,triangles=tensorflow,floor=1e-12,dct=htk",
	"tf.signal":  "rate=16000,exponent=1,low=80,high=7600,mels=80,triangles=mel,floor=0,offset=1e-6,dct=htk",
	"python_speech_features": "rate=16000,fft=512,function=none,scale=32768,preemphasis=0.97,density=yes,mels=26,triangles=python_speech_features," +
		"floor=2.220446049250313e-16,lifter=22,energy=yes",
	"kaldi": "rate=16000,function=povey,scale=32768,preemphasis=0.97,preemphasis_in=frame,remove_dc=yes,low=20,mels=23,triangles=mel," +
		"floor=1.1920928955078125e-07,lifter=22",
	"sonopy": "rate=16000,window=100ms,hop=50ms,fft=512,function=none,density=yes,mels=20,triangles=sonopy,floor=2.220446049250313e-16,energy=yes",
}

// kinds are the settings that each kind has beyond those of the kinds above it.
var kinds = []struct {
	kind     Kind
	settings string
}{
	{STFT, "like rate window hop fft function symmetric center clip scale preemphasis preemphasis_in remove_dc mean deviation"},
	{Magnitude, ""}, {Power, "density"},
	{Mel, "exponent mels low high mel triangles area"},
	{LogMel, "log floor offset"},
	{MFCC, "coefficients dct lifter energy"},
}

// Parse reads a specification. The error wraps [ErrSpecification].
func Parse(specification string) (*FrontEnd, error) {
	name, text, _ := strings.Cut(specification, ":")
	known, list := []string{}, []string{}
	for _, k := range kinds {
		known = append(known, strings.Fields(k.settings)...)
		list = append(list, string(k.kind))
		if string(k.kind) == name {
			return parse(k.kind, text, known)
		}
	}
	return nil, refuse("is of the kind %s, which is not one of %s%s", message.Quote(name), message.List(list), message.Suggestion(name, list))
}

func parse(kind Kind, text string, known []string) (*FrontEnd, error) {
	given, err := split(text)
	if err != nil {
		return nil, err
	}
	for key := range given {
		if !slices.Contains(known, key) {
			return nil, refuse("%s has the setting %s, which is not one of %s%s", kind, message.Quote(key), message.List(known), message.Suggestion(key, known))
		}
	}
	all, _ := split(usual)
	if like, ok := given["like"]; ok {
		framework, ok := frameworks[like]
		if !ok {
			names := slices.Sorted(maps.Keys(frameworks))
			return nil, refuse("is like %s, which is not one of %s%s", message.Quote(like), message.List(names), message.Suggestion(like, names))
		}
		settings, _ := split(framework)
		maps.Copy(all, settings)
	}
	maps.Copy(all, given)
	if _, offset := given["offset"]; offset && given["floor"] == "" {
		all["floor"] = "0"
	}
	r := &reader{kind: kind, settings: all}
	f := r.read()
	if r.err != nil {
		return nil, r.err
	}
	return f, f.check()
}

// split returns the settings of a text.
func split(text string) (map[string]string, error) {
	settings := map[string]string{}
	for _, setting := range strings.Split(text, ",") {
		if text == "" {
			break
		}
		key, value, ok := strings.Cut(setting, "=")
		if !ok || value == "" {
			return nil, refuse("has %s, want NAME=VALUE", message.Quote(setting))
		}
		if _, twice := settings[key]; twice {
			return nil, refuse("has the setting %s twice", message.Quote(key))
		}
		settings[key] = value
	}
	return settings, nil
}

// A reader reads settings.
type reader struct {
	kind     Kind
	settings map[string]string
	rate     int
	err      error // the first
}

func (r *reader) read() *FrontEnd {
	f := &FrontEnd{Kind: r.kind}
	if r.settings["rate"] == "" {
		r.err = refuse("%s lacks the rate: rate=16000 means 16000 samples per second", r.kind)
		return nil
	}
	f.Rate = r.whole("rate", 1<<24)
	r.rate = f.Rate
	f.Window, f.Hop = r.length("window"), r.length("hop")
	f.Points = 2
	for f.Points < f.Window {
		f.Points *= 2
	}
	if r.settings["fft"] != "" {
		f.Points = r.whole("fft", 1<<16)
	}
	function := r.choice("function", "none", "hann", "hamming", "sqrt_hann", "povey")
	f.Function.Kind = map[string]format.WindowKind{
		"hann": format.WindowHann, "hamming": format.WindowHamming, "sqrt_hann": format.WindowSqrtHann,
	}[function]
	f.Povey = function == "povey"
	f.Function.Symmetric = r.yes("symmetric") && f.Function.Kind != format.WindowNone
	f.Center, f.Clip = r.yes("center"), r.yes("clip")
	f.Scale, f.Preemphasis = r.number("scale"), r.number("preemphasis")
	f.InFrame, f.RemoveDC = r.choice("preemphasis_in", "stream", "frame") == "frame", r.yes("remove_dc")
	f.Exponent, f.Density = r.whole("exponent", 2), r.yes("density")
	f.Mels, f.Low, f.High = r.whole("mels", 1<<12), r.number("low"), float64(f.Rate)/2
	if r.settings["high"] != "" {
		f.High = r.number("high")
	}
	f.Mel, f.Area = r.choice("mel", "htk", "slaney"), r.choice("area", "none", "slaney")
	f.Triangles = r.choice("triangles", "hz", "mel", "tensorflow", "python_speech_features", "sonopy")
	f.Log, f.Floor, f.Offset = r.choice("log", "ln", "log10", "db"), r.number("floor"), r.number("offset")
	f.Coefficients, f.DCT = r.whole("coefficients", 1<<12), r.choice("dct", "ortho", "htk")
	f.Lifter, f.Energy = r.number("lifter"), r.yes("energy")
	if mean, deviation := r.number("mean"), r.number("deviation"); mean != 0 || deviation != 1 {
		f.Mean, f.Deviation = []float32{float32(mean)}, []float32{float32(deviation)}
	}
	return f
}

func (r *reader) refuse(key, want string) {
	if r.err == nil {
		r.err = refuse("%s has %s=%s, want %s", r.kind, key, message.Quote(r.settings[key]), want)
	}
}

func (r *reader) number(key string) float64 {
	v, err := strconv.ParseFloat(r.settings[key], 64)
	if err != nil || math.Abs(v) > math.MaxFloat32 || v != v {
		r.refuse(key, "a number")
	}
	return v
}

func (r *reader) whole(key string, most int) int {
	v, err := strconv.Atoi(r.settings[key])
	if err != nil || v < 1 || v > most {
		r.refuse(key, "a whole number from 1 to "+strconv.Itoa(most))
		return 1
	}
	return v
}

func (r *reader) choice(key string, of ...string) string {
	if !slices.Contains(of, r.settings[key]) {
		r.refuse(key, "one of "+message.List(of))
	}
	return r.settings[key]
}

func (r *reader) yes(key string) bool { return r.choice(key, "yes", "no") == "yes" }

// length reads a length, in samples.
func (r *reader) length(key string) int {
	text, unit := r.settings[key], 0.0
	if number, ok := strings.CutSuffix(text, "ms"); ok {
		text, unit = number, 1e-3
	} else if number, ok := strings.CutSuffix(text, "s"); ok {
		text, unit = number, 1
	}
	if unit == 0 {
		return r.whole(key, 1<<16)
	}
	v, err := strconv.ParseFloat(text, 64)
	n := v * unit * float64(r.rate)
	whole := math.Round(n)
	if err != nil || math.Abs(n-whole) > 1e-6 || !(whole >= 1 && whole <= 1<<16) {
		r.refuse(key, "a length that is a whole number of samples at "+strconv.Itoa(r.rate)+" Hz, from 1 to 65536, such as 400 or 25ms")
		return 1
	}
	return int(whole)
}
