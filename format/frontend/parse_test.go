package frontend_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/frontend"
)

func TestParseRefuses(t *testing.T) {
	for specification, reason := range map[string]string{
		"":                                     `the front end is of the kind "", which is not one of stft, magnitude`,
		"mfc:rate=8000":                        "did you mean mfcc?",
		"mfcc":                                 "mfcc lacks the rate",
		"mfcc:rate":                            `has "rate", want NAME=VALUE`,
		"mfcc:rate=":                           "NAME=VALUE",
		"mfcc:rate=8000,":                      `has ""`,
		"mfcc:rate=8000,rate=8000":             `has the setting "rate" twice`,
		"mfcc:rate=8000,mel=htk,mells=2":       `has the setting "mells", which is not one of`,
		"stft:rate=8000,mels=2":                `stft has the setting "mels"`,
		"magnitude:rate=8000,density=yes":      `"density"`,
		"mfcc:rate=0":                          `rate="0", want a whole number from 1`,
		"mfcc:rate=1e4":                        `rate="1e4"`,
		"mfcc:rate=11025":                      `window="25ms", want a length that is a whole number of samples at 11025 Hz`,
		"mfcc:rate=8000,window=9s":             "from 1 to 65536",
		"mfcc:rate=8000,hop=0":                 "hop=",
		"mfcc:rate=8000,fft=511":               "fft=511, want an even product of 2, 3, 5 and 7",
		"mfcc:rate=8000,fft=128":               "frames of 200 samples, which do not fit into fft=128",
		"mfcc:rate=8000,function=blackman":     `want one of none, hann, hamming, sqrt_hann, povey`,
		"mfcc:rate=8000,exponent=3":            "exponent=",
		"mfcc:rate=8000,fft=65536,mels=4096":   "mels=4096 of fft=65536, which are too many",
		"mfcc:rate=8000,low=-1":                "0 ≤ low < high ≤ 4000",
		"mfcc:rate=8000,high=5000":             "0 ≤ low < high ≤ 4000",
		"mfcc:rate=8000,low=NaN":               `low="NaN", want a number`,
		"mfcc:rate=8000,low=1e400":             "want a number",
		"mfcc:rate=8000,floor=0":               "want one of the two above 0",
		"mfcc:rate=8000,floor=1e-50":           "floor=1e-50",
		"mfcc:rate=8000,floor=1,offset=1":      "want one of the two above 0",
		"mfcc:rate=8000,coefficients=41":       "coefficients=41 of mels=40",
		"mfcc:rate=8000,energy=yes,exponent=1": "density and energy need powers",
		"mfcc:rate=8000,energy=true":           `energy="true", want one of yes, no`,
		"mfcc:rate=8000,deviation=0":           "deviation=0",
		"mfcc:rate=8000,clip=yes,center=yes":   "center=yes and clip=yes",
		"mfcc:like=kaldi,energy=yes":           "energy=yes, which is not supported for frames",
		"mfcc:like=librosaa":                   "did you mean librosa?",
		"mfcc:like=sonopy,low=20":              "sonopy's triangles reach from 0 to the rate",
	} {
		_, err := frontend.Parse(specification)
		require.ErrorIs(t, err, frontend.ErrSpecification, specification)
		require.ErrorContains(t, err, reason, specification)
	}
}

// A step is a hop, and a frame begins or is centered where the framework's does.
func TestDelay(t *testing.T) {
	for specification, c := range map[string]struct{ delay, width int }{
		"stft:rate=16000,window=512,hop=128":                     {3, 514},
		"magnitude:rate=16000,window=512,hop=512":                {0, 257},
		"power:rate=16000,window=100,hop=512":                    {0, 65},
		"power:rate=16000,window=100,hop=512,fft=100":            {0, 51},
		"logmel:rate=16000":                                      {2, 40},
		"logmel:rate=16000,window=400,hop=200,center=yes,mels=9": {0, 9},
		"logmel:rate=16000,window=400,hop=160,center=yes":        {1, 40},
		"mfcc:like=tensorflow":                                   {2, 13},
		"mfcc:like=librosa":                                      {1, 20},
		"mfcc:like=tf.signal":                                    {2, 13},
		"mfcc:rate=8000,clip=yes":                                {0, 13},
	} {
		f, err := frontend.Parse(specification)
		require.NoError(t, err)
		require.Equal(t, c.delay, f.Delay(), specification)
		require.Equal(t, c.width, f.Width(), specification)
		m, err := f.Model()
		require.NoError(t, err, specification)
		require.Equal(t, c.width, m.OutputSize(), specification)
	}
}

func TestNotesOfEmptyTriangles(t *testing.T) {
	f, err := frontend.Parse("logmel:rate=8000,fft=200,mels=80")
	require.NoError(t, err)
	require.Len(t, f.Notes(), 1)
	require.Contains(t, f.Notes()[0], "of 80 triangles have no frequency in them")
}
