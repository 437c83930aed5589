/* What RNNoise 0.1 makes of a sound of integers, with gains of integers in the place of its network's. It writes
   for each of 100 frames: 1 or 0 of silence, the period of the pitch, 42 features, and every 16th sample given.

   cc -O2 -ffp-contract=off -I RNNOISE/src -I RNNOISE/include reference.c RNNOISE/src/{kiss_fft,pitch,celt_lpc,rnn_data}.c -lm
   ./a.out > ../../runtime/testdata/rnnoise.f32

   RNNOISE is https://github.com/xiph/rnnoise, tag v0.1. OBS Studio's copy needs -DCOMPILE_OPUS. */

#define compute_rnn given
#include "denoise.c"
#include <stdint.h>

static int frame, active;
static float heard[NB_FEATURES];

void given(RNNState *rnn, float *gains, float *vad, const float *input) {
  active = 1;
  memcpy(heard, input, sizeof heard);
  for (int i = 0; i < NB_BANDS; i++) gains[i] = (frame * 7 + i * 5) % 23 / 22.f;
}

static uint32_t noise = 1;

static int sample(int t) {
  noise = noise * 1664525 + 1013904223;
  int hiss = (int)(noise >> 22) - 512;
  if (frame < 30) return t % 211 * 60 - 6330 + hiss;
  if (frame < 45) return 0;
  if (frame < 65) return 4 * hiss;
  return t % 397 * 40 - 7940 + t % 97 * 10 + hiss;
}

int main(void) {
  DenoiseState *st = rnnoise_create(NULL);
  for (frame = 0; frame < 100; frame++) {
    float x[FRAME_SIZE], out[FRAME_SIZE], record[2 + NB_FEATURES + 30];
    for (int i = 0; i < FRAME_SIZE; i++) x[i] = sample(frame * FRAME_SIZE + i);
    active = 0;
    memset(heard, 0, sizeof heard);
    rnnoise_process_frame(st, out, x);
    record[0] = active;
    record[1] = st->last_period;
    memcpy(record + 2, heard, sizeof heard);
    for (int i = 0; i < 30; i++) record[2 + NB_FEATURES + i] = out[16 * i];
    fwrite(record, sizeof record, 1, stdout);
  }
  return 0;
}
