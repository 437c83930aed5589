package main

// The help of convert and its examples.
const (
	convertHelp = `convert reads a model from another framework and writes it as a .rnn file. IN is
- an ONNX model, opsets 7 to 24
- a PyTorch state_dict, as .safetensors, as .pt, .pth or .ckpt of torch.save, as
  .npz, or as JSON; or a TorchScript archive, whose code is analyzed
- a Keras model, as .keras or .h5, or weights alone with the JSON of
  model.to_json() by --arch or beside them; a TensorFlow.js model.json
- a TensorFlow SavedModel: its folder, or a .zip of it
- a frozen graph of TensorFlow (GraphDef), with loops of TensorFlow 1
- RTNeural's or AIDA-X's JSON, a .nam of Neural Amp Modeler, or the JSON of PyTorch
  guitar-amplifier models
- arrays as text, JSON or C source, with an --arch file

and "-" is stdin. The content of IN decides how it is read, not its name.

convert converts the whole network, or refuses the file and names what it does not
support. --dry-run shows layer by layer what is supported. If a state_dict leaves
something open, such as the nonlinearity of an RNN, the error shows what to write into
an --arch file.

A classifier that was trained with a cross-entropy loss gives logits, since the loss
includes the softmax. With --task classify or tag, convert adds the softmax (the sigmoid
if there is only one output) and reports it; --output-function linear keeps the logits.

If weights or constants of an ONNX graph are inputs, --input sets them. If the graph has
several outputs, --output (together with -o) selects the one to use.

A model of texts reads tokens. --vocabulary gives their texts, one token per line or a
JSON object {token: id}, and --tokenizer the kind of tokens; --start, --end and
--unknown are tokens or their ids. Then rnnrun classify, tag and generate read texts.

--check verifies the conversion: it runs the model on the inputs x of an .npz file,
[T,I] or [N,T,I], or tokens [T] or [N,T], compares the outputs with y, which the other
framework computed, and stores the inputs in MODEL, so that rnnrun verify can repeat the
check on a device. y may be the outputs or the logits. For a network with several inputs
or outputs, the .npz has an array with the name of each; or each has a file of its own,
--check NAME=FILE, an .npy or a .pb of ONNX's test data. If a step has several frames,
rows may be frames. h0 and c0 are the states before the first step, h_n and c_n those
after the last one, as in PyTorch.

A model of sound usually reads features. --front-end adds the computation of features
from samples to the model, so that it reads samples: docs/frontends.md lists the kinds
and settings. IN may then also be a .rnn file.

docs/convert.md explains how to write an .npz for --check, and what to do if a model is
refused; docs/arch.md describes the --arch file.`

	convertExamples = `  rnntrain convert --dry-run model.onnx
  rnntrain convert model.safetensors -o model.rnn
  rnntrain convert model.pt -o model.rnn --pool last --check check.npz
  rnntrain convert checkpoint.pth -o model.rnn --arch arch.json --name "my model"
  rnntrain convert policy.pt -o model.rnn --shape 1,0,41
  rnntrain convert model.keras -o model.rnn --check check.npz
  rnntrain convert weights.h5 -o model.rnn --arch model.json
  rnntrain convert tfjs/model.json -o model.rnn
  rnntrain convert saved_model/ -o model.rnn
  rnntrain convert frozen.pb -o model.rnn --output softmax
  rnntrain convert amplifier.nam -o model.rnn --golden synthetic
  rnntrain convert rnn64.txt -o model.rnn --arch deepnano-blitz.json
  rnntrain convert node.onnx -o model.rnn --input W=w.npy --input R=r.npy --input B=b.npy
  rnntrain convert names.pt -o names.rnn --task language --vocabulary chars.json --tokenizer characters --start "<s>" --end "</s>"
  rnntrain convert vad.onnx -o model.rnn --input sr=16000 --output probability
  rnntrain convert keywords.onnx -o model.rnn --front-end mfcc:like=librosa,rate=16000,window=512,hop=160`
)
