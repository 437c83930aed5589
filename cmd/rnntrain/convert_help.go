package main

// convertHelp and convertExamples are what --help says.
const (
	convertHelp = `convert reads a model of another framework and writes it as a .rnn file. IN is
- an ONNX model, opsets 7 to 24
- a PyTorch state_dict, as .safetensors, as .pt, .pth or .ckpt of torch.save, as
  .npz, or as JSON; or a TorchScript archive, whose code is followed
- a model of Keras, as .keras or .h5, or weights alone with the JSON of
  model.to_json() by --arch or beside them; TensorFlow.js' model.json
- a SavedModel of TensorFlow: its folder, or a .zip of that
- a frozen graph of TensorFlow (GraphDef), with loops of TensorFlow 1
- RTNeural's or AIDA-X's JSON, a .nam of Neural Amp Modeler, or the JSON of PyTorch
  guitar-amplifier models
- arrays as text, JSON or C source, with an --arch file

and "-" is stdin. The content of IN decides how it is read, not its name.

convert understands everything in the file, or refuses and names what it does
not. --dry-run shows layer by layer what is understood beside what is not. Where a
state_dict leaves something open, such as the nonlinearity of an RNN, the error
shows what to write into an --arch file.

A classifier that was trained with a cross-entropy gives logits, since that loss
has the softmax in it. With --task classify or tag, convert adds the softmax (the
sigmoid, if there is only one output) and says so; --output-function linear
leaves the logits.

Where an ONNX graph leaves weights or numbers open as inputs, --input gives them.
Where it has several outputs, --output beside -o names the one that is the model's.

A model of texts takes tokens. --vocabulary gives their texts, a token a line or a
JSON object {token: id}, and --tokenizer says what a token is; --start, --end and
--unknown are tokens or their ids. Then rnnrun classify, tag and generate read texts.

--check proves that it is the same model: it runs the model on the inputs x of
an .npz file, [T,I] or [N,T,I], or tokens [T] or [N,T], compares the outputs
with y, which the other framework computed, and stores the inputs in MODEL, so
that rnnrun verify repeats the proof on a device. y may be the outputs or the logits.
A network with several inputs or outputs has an array for each, of its name; or each
stands in a file of its own, --check NAME=FILE, an .npy or a .pb of ONNX's test data.
If a step has several frames, rows may be frames. h0 and c0 are states before the
first step, h_n and c_n those after the last one, as PyTorch has them.

A model of sound reads features. --front-end puts in front of it what makes them of
samples, so that no other program has to: docs/frontends.md lists the kinds and
settings. IN may then be a .rnn file, too.

docs/convert.md says how to write an .npz to check, and what to do if a model is
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
