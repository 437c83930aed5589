"""Features by numpy in float64, from the definitions of the frameworks, for the tests.

    python3 generate.py

writes goldens.npz: samples, whole numbers of 16 bits, and for each front end its frames.
"""
import numpy as np

RATE = 16000


def samples():
    """A voice of harmonics that glides, with pauses, and noise 50 dB below."""
    t = np.arange(8000) / RATE
    pitch = np.cumsum(110 + 60 * np.sin(2 * np.pi * 1.7 * t)) / RATE
    x = sum(np.sin(2 * np.pi * k * pitch) / k * np.exp(-((k * 140 - 900) / 900) ** 2) for k in range(1, 30))
    x *= np.clip(np.sin(2 * np.pi * 3 * t) * 3, 0, 1)
    x += 0.003 * np.random.default_rng(1).standard_normal(len(t))
    return np.round(x / np.abs(x).max() * 24000).astype(np.int16)


def frames(x, window, hop):
    return np.array([x[i:i + window] for i in range(0, len(x) - window + 1, hop)])


def hann(n):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)


def htk(hz):
    return 2595 * np.log10(1 + hz / 700)


def htk_back(mel):
    return 700 * (10 ** (mel / 2595) - 1)


def slaney(hz):
    hz = np.asarray(hz, float)
    return np.where(hz < 1000, hz * 3 / 200, 15 + np.log(np.maximum(hz, 1) / 1000) * 27 / np.log(6.4))


def slaney_back(mel):
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


def dct(x, n, ortho=True):
    m = x.shape[1]
    c = np.sqrt(2 / m) * np.cos(np.pi * np.arange(n)[None] * (np.arange(m)[:, None] + 0.5) / m)
    if ortho:
        c[:, 0] *= np.sqrt(0.5)
    return x @ c


def triangles(edges, at):
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    return np.maximum(0, np.minimum((at[:, None] - left) / (middle - left), (right - at[:, None]) / (right - middle)))


def tensorflow(x):
    """tensorflow/core/kernels/spectrogram.cc, mfcc_mel_filterbank.cc, mfcc_dct.cc: 40 ms, 20 ms, 10 coefficients."""
    s = np.abs(np.fft.rfft(frames(x, 640, 320) * hann(640), 1024))
    hz = np.arange(513) * RATE / 1024
    edges = np.linspace(htk(20), htk(4000), 42)
    w = triangles(edges, htk(hz))
    w[:int(1.5 + 20 / (RATE / 1024))] = 0
    return dct(np.log(np.maximum(s @ w, 1e-12)), 10, False)


def librosa(x):
    """librosa.feature.mfcc(sr=16000, n_fft=512, hop_length=160, n_mels=64), frames not at the ends, top_db=None."""
    s = np.abs(np.fft.rfft(frames(x[160 * 2 - 256:], 512, 160) * hann(512))) ** 2
    edges = slaney_back(np.linspace(slaney(0), slaney(8000), 66))
    w = triangles(edges, np.arange(257) * RATE / 512) * 2 / (edges[2:] - edges[:-2])
    return dct(10 * np.log10(np.maximum(s @ w, 1e-10)), 20)


def torchaudio(x):
    """MelSpectrogram(16000, n_fft=400, hop_length=160, n_mels=40), log(… + 1e-6), frames not at the ends."""
    s = np.abs(np.fft.rfft(frames(x[160 * 2 - 200:], 400, 160) * hann(400))) ** 2
    edges = htk_back(np.linspace(htk(0), htk(8000), 42))
    return np.log(s @ triangles(edges, np.arange(201) * RATE / 400) + 1e-6)


def python_speech_features(x):
    x = x * 32768.0
    x = np.append(x[0], x[1:] - 0.97 * x[:-1])
    p = np.abs(np.fft.rfft(frames(x, 400, 160), 512)) ** 2 / 512
    edges = np.floor(513 * htk_back(np.linspace(htk(0), htk(8000), 28)) / RATE)
    w = np.zeros((257, 26))
    for j in range(26):
        for i in range(int(edges[j]), int(edges[j + 1])):
            w[i, j] = (i - edges[j]) / (edges[j + 1] - edges[j])
        for i in range(int(edges[j + 1]), int(edges[j + 2])):
            w[i, j] = (edges[j + 2] - i) / (edges[j + 2] - edges[j + 1])
    c = dct(np.log(p @ w), 13) * (1 + 11 * np.sin(np.pi * np.arange(13) / 22))
    c[:, 0] = np.log(p.sum(1))
    return c


def sonopy(x):
    """mfcc_spec(x, 16000, (1600, 800), 512, 20, 13), of which rfft reads 512 samples."""
    p = np.abs(np.fft.rfft(frames(x, 1600, 800), 512)) ** 2 / 512
    grid, offset, before = [], 0, None
    hz = 700 * (np.exp(np.linspace(0, 1127 * np.log(1 + RATE / 700), 22) / 1127) - 1)
    for i in (hz * 257 / RATE).astype(int):
        offset = max(0, offset + (i - 1 if before is None else before) + 1 - i)
        grid, before = grid + [i + offset], i
    w = np.zeros((20, 257))
    for i in range(20):
        left, middle, right = grid[i:i + 3]
        w[i, left:middle] = np.linspace(0, 1, middle - left, False)
        w[i, middle:right] = np.linspace(1, 0, right - middle, False)[:len(w[i, middle:right])]
    log = lambda v: np.log(np.maximum(v, np.finfo(float).eps))
    c = dct(log(p @ w.T), 13)
    c[:, 0] = log(p.sum(1))
    return c


def tf_signal(x):
    """The example of tf.signal.mfccs_from_log_mel_spectrograms, of 25 ms and 10 ms in 512 points."""
    s = np.abs(np.fft.rfft(frames(x, 400, 160) * hann(400), 512))
    edges = np.linspace(htk(80), htk(7600), 82)
    log = np.log(s[:, 1:] @ triangles(edges, htk(np.arange(1, 257) * RATE / 512)) + 1e-6)
    n = np.arange(80) + 0.5
    return np.array([2 * (log * np.cos(np.pi * k * n / 80)).sum(1) for k in range(13)]).T / np.sqrt(160)


def kaldi(x):
    """torchaudio.compliance.kaldi.fbank(x * 32768, num_mel_bins=40), which is kaldi's compute-fbank-feats."""
    x = frames(x * 32768.0, 400, 160)
    x = x - x.mean(1, keepdims=True)
    x = x - 0.97 * np.concatenate([x[:, :1], x[:, :-1]], 1)
    x = x * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399)) ** 0.85
    p = np.abs(np.fft.rfft(x, 512)[:, :256]) ** 2
    edges = np.linspace(htk(20), htk(8000), 42)
    return np.log(np.maximum(p @ triangles(edges, htk(np.arange(256) * RATE / 512)), np.finfo(np.float32).eps))


x = samples()
goldens = {f.__name__: f(x / 32768).astype(np.float32) for f in (tensorflow, librosa, torchaudio, python_speech_features, sonopy, kaldi, tf_signal)}
np.savez_compressed("goldens.npz", samples=x.astype(np.float32), **goldens)
