// Package trainer trains recurrent networks by back-propagation through time.
//
// A [Network] is a [format.Model] whose weights may change. Training uses the
// packed layout of the file and the kernels, so an export is a copy. The forward
// pass uses the same kernels as package runtime and gives the same bits, also in
// quantization-aware training: see [Network.SetDType].
//
// A [Trainer] makes optimization steps: it splits a minibatch into a fixed number
// of parts, runs them forward and backward on all cores, adds their gradients in
// a fixed order, clips them and updates the weights. The same seed gives the same
// weights, bit for bit, on any number of cores and with every kernel set.
//
// [Fit] does that for a whole task, such as a [LanguageModel] or a
// [SequenceTask], with validation, a learning-rate schedule and early stopping.
//
// A network for the task [format.TaskTranslate] is an encoder–decoder. Its
// sequences have a Source for the encoder; the other fields are the decoder's.
package trainer
