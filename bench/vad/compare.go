package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"github.com/rnnrun/rnnrun/bench/vad/mixture"
	"github.com/rnnrun/rnnrun/internal/vad"
)

// snrs are the levels of speech over noise, in dB.
var snrs = []float64{math.Inf(1), 20, 10, 5, 0, -5}

const talk = 625 // steps of each talk, 10 s

// A comparison is what the detectors give to talks in noise.
type comparison struct {
	detectors []*detector
	noises    []mixture.Noise
	scores    [][][]roc   // [snr][noise][detector]
	found     [][]float64 // [noise][detector], seconds of speech in a minute of noise alone
}

// compare measures models on the speakers and in the noises of a folder, and in those
// kinds of noise that were held back. It writes the curves to a CSV file.
func compare(folder string, models []string, curves string) error {
	c := &comparison{noises: mixture.Held}
	for _, spec := range models {
		d, err := openDetector(spec)
		if err != nil {
			return err
		}
		c.detectors = append(c.detectors, d)
	}
	speech, err := mixture.Read(filepath.Join(folder, "speech"))
	if err != nil {
		return err
	}
	recorded, err := mixture.Read(filepath.Join(folder, "noise"))
	if err != nil {
		return err
	}
	c.noises = append(c.noises, gathered(recorded)...)
	speakers := mixture.Speakers(speech)
	for i, snr := range snrs {
		c.scores = append(c.scores, nil)
		for k, noise := range c.noises {
			list := make([]roc, len(models))
			for s := range speakers {
				rng := rand.New(rand.NewPCG(2, uint64(i*10000+k*100+s)))
				if err := c.add(list, mixture.Talk(rng, &speakers[s], noise, snr, talk)); err != nil {
					return err
				}
			}
			c.scores[i] = append(c.scores[i], list)
		}
	}
	for k, noise := range c.noises {
		found, err := c.alone(rand.New(rand.NewPCG(3, uint64(k))), noise)
		if err != nil {
			return err
		}
		c.found = append(c.found, found)
	}
	c.print()
	return writeCurves(curves, c.curves())
}

// gathered returns recorded noises as two kinds: the sounds of opensfx, and music.
func gathered(list []mixture.Recording) (noises []mixture.Noise) {
	kinds := map[string][]mixture.Recording{}
	var names []string
	for _, r := range list {
		name := "music"
		if strings.HasPrefix(r.Name, "opensfx-") {
			name = "effects"
		}
		if kinds[name] == nil {
			names = append(names, name)
		}
		kinds[name] = append(kinds[name], r)
	}
	for _, name := range names {
		of := mixture.Recorded(kinds[name])
		noises = append(noises, mixture.Noise{Name: name, Make: func(rng *rand.Rand, n int) []float32 {
			return of[rng.IntN(len(of))].Make(rng, n)
		}})
	}
	return noises
}

// add adds the scores of all detectors of the frames of a talk that are not at an edge of
// speech: whose steps and the frames beside it have the same label.
func (c *comparison) add(list []roc, talk mixture.Mixture) error {
	const steps = frame / mixture.Step
	for i, d := range c.detectors {
		scores, err := d.frames(talk.Samples)
		if err != nil {
			return err
		}
		for k := 1; k+1 < len(scores); k++ {
			around, same := talk.Labels[(k-1)*steps:(k+2)*steps], true
			for _, label := range around {
				same = same && label == around[0]
			}
			if same {
				list[i].add(scores[k], around[0])
			}
		}
	}
	return nil
}

// alone returns how many seconds of speech each detector finds in a minute of noise, as
// rnnrun vad does: of five minutes, in parts of half a minute.
func (c *comparison) alone(rng *rand.Rand, noise mixture.Noise) ([]float64, error) {
	found := make([]float64, len(c.detectors))
	for range 10 {
		x := mixture.Alone(rng, noise, 30*mixture.Rate/mixture.Step)
		for i, d := range c.detectors {
			scores, err := d.frames(x)
			if err != nil {
				return nil, err
			}
			s := vad.Segmenter{Options: vad.Options{Threshold: 0.5, Release: 0.35, MinSpeech: 8, MinSilence: 4, Pad: 1}}
			for _, p := range scores {
				if segment, ok := s.Push(p); ok {
					found[i] += seconds(segment) / 5
				}
			}
			if segment, ok := s.Close(); ok {
				found[i] += seconds(segment) / 5
			}
		}
	}
	return found, nil
}

func seconds(s vad.Segment) float64 { return float64(s.End-s.Start) * frame / mixture.Rate }

// of returns the sorted scores of a detector at an SNR, in one kind of noise or, if it is
// negative, in all.
func (c *comparison) of(snr, noise, detector int) *roc {
	r := new(roc)
	for k := range c.noises {
		if noise < 0 || noise == k {
			r.join(&c.scores[snr][k][detector])
		}
	}
	r.sort()
	return r
}

func (c *comparison) print() {
	fmt.Printf("| Speech over noise |")
	for _, d := range c.detectors {
		fmt.Printf(" %s: area | false alarms at 5 %% missed | at 0.5: missed, false alarms |", d.name)
	}
	fmt.Printf("\n|---|%s\n", strings.Repeat("---:|---:|---:|", len(c.detectors)))
	for i, snr := range snrs {
		name := fmt.Sprintf("%g dB", snr)
		if math.IsInf(snr, 1) {
			name = "no noise"
		}
		fmt.Printf("| %s |", name)
		for k := range c.detectors {
			r := c.of(i, -1, k)
			fmt.Printf(" %.4f | %.1f %% | %.1f %%, %.1f %% |", r.area(), 100*r.alarmsAt(0.05), 100*r.missed(0.5), 100*r.alarms(0.5))
		}
		fmt.Println()
	}
	fmt.Printf("\n| Noise |")
	for _, d := range c.detectors {
		fmt.Printf(" %s: area at 0 dB | speech found in a minute of noise alone |", d.name)
	}
	fmt.Printf("\n|---|%s\n", strings.Repeat("---:|---:|", len(c.detectors)))
	for k, noise := range c.noises {
		fmt.Printf("| %s |", noise.Name)
		for i := range c.detectors {
			fmt.Printf(" %.4f | %.1f s |", c.of(4, k, i).area(), c.found[k][i])
		}
		fmt.Println()
	}
	fmt.Println()
	for _, d := range c.detectors {
		fmt.Printf("%s: %.2f %% of the sound's time\n", d.name, 100*d.speed())
	}
}
