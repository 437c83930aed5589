// Package frontend builds the front end between a microphone and a network: nodes
// of a graph that compute features from samples, so that the model reads samples.
//
// [Parse] reads a specification, a kind and settings:
//
//	mfcc:rate=16000,window=25ms,hop=10ms,fft=512,mels=40,coefficients=13
//	logmel:like=librosa,rate=16000,mels=64
//	magnitude:rate=16000,window=512,hop=128
//
// # Kinds
//
//	stft       the spectrum: real parts, and then imaginary ones
//	magnitude  its magnitudes
//	power      their squares
//	mel        sums of these under triangles
//	logmel     their logarithms
//	mfcc       the cosine transform of these
//
// # Settings
//
// A length is in samples, or in ms or s.
//
//	like          a framework whose defaults replace those below: librosa, torchaudio,
//	              tensorflow (contrib_audio.mfcc, tf.raw_ops.Mfcc), tf.signal,
//	              python_speech_features, sonopy (as Mycroft Precise uses it), kaldi
//	rate          samples per second
//	window, hop   the length of a frame, and from one frame to the next (25ms, 10ms)
//	fft           points of the Fourier transform; zeros fill it (the next power of 2)
//	function      the window function: none, hann, hamming, sqrt_hann, povey (hann)
//	symmetric     the first number of the window equals the last: yes, no (no)
//	center        the middle of the first frame is the first sample: yes, no (no)
//	clip          a step is a clip by itself, which does not continue the previous one: yes, no (no)
//	scale         samples, which are within ±1, are multiplied by it (1)
//	preemphasis   this share of the previous sample is subtracted from each sample (0)
//	preemphasis_in  stream, or frame: the sample before a frame is taken to equal its first (stream)
//	remove_dc     the mean of each frame is subtracted from it: yes, no (no)
//	exponent      the exponent of the magnitudes that are summed: 1, 2 (2)
//	density       powers are divided by the points: yes, no (no)
//	mels          triangles (40)
//	low, high     Hz (0, half the rate)
//	mel           the scale: htk, slaney (htk)
//	triangles     straight over hz, mel, or bins, as in a framework: hz, mel, tensorflow,
//	              python_speech_features, sonopy (hz)
//	area          slaney: each triangle has the same area; none: the same height (none)
//	log           ln, log10, db: 10 log10 of powers and 20 log10 of magnitudes (ln)
//	floor         smaller numbers are raised to it before the logarithm (1e-10)
//	offset        is added before the logarithm instead of the floor (0)
//	coefficients  how many of the first coefficients an mfcc gives (13)
//	dct           ortho, or htk: the first coefficient is √2 times that (ortho)
//	lifter        coefficient n is multiplied by 1 + lifter/2 sin(πn/lifter) (0: it is not)
//	energy        the first coefficient is the logarithm of all powers: yes, no (no)
//	mean, deviation  (x - mean)/deviation of all features (0, 1)
//
// # Steps
//
// A front end reads Hop samples per step, multiplied by the number of frames in a
// step of the model. It keeps the samples that it needs of earlier steps, which
// are zeros in the beginning. Its frames begin at multiples of the hop, or are
// centered there, like those of the framework; [FrontEnd.Delay] returns the delay
// in steps. Mirroring at the ends of a sound, and features that need the whole
// sound, such as top_db of librosa and torchaudio, do not stream and are not
// supported.
package frontend
