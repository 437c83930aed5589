// Package trainer learns the weights of recurrent networks by back-propagation
// through time.
//
// A [Network] is a [format.Model] whose weights may change: they are trained
// in the packed form in which the file stores them and the kernels read them,
// so exporting is copying. The forward pass uses the same kernels as package
// runtime and gives the same bits, also with weights in few bits: see
// [Network.SetDType].
//
// A [Trainer] makes one step after another: it cuts a minibatch into parts of
// a fixed number, runs them forward and backward on all cores, adds their
// gradients in a fixed order, clips them and updates the weights. The same
// seed gives the same weights, bit for bit, on any number of cores and with every
// kernel set.
//
// [Fit] does that for a whole task, such as a [LanguageModel] or a
// [SequenceTask], with validation, learning-rate schedule and early
// stopping.
//
// A network for the task [format.Translate] is an encoder with its decoder. Its
// sequences have a Source, for the encoder; the rest is the decoder's.
package trainer
