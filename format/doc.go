// Package format reads and writes .rnn files: recurrent networks with everything needed to run
// them. [Read] and [Open] give a [Model] whose numbers and strings lie in the file's own bytes;
// [Model.Append] and [WriteFile] make a file. This comment specifies version 1 of the format byte
// by byte, and what a valid model is. A file of version 1 loads for ever.
//
// # Conventions
//
// All numbers are little-endian: u8, u16, u32, u64 are unsigned, i32 is signed (two's complement),
// f32 and f64 are IEEE 754. Offsets are in bytes. Bytes called reserved or padding are zero, and
// are checked. CRC is CRC-32C (Castagnoli, reflected, as in iSCSI). A model has exactly one file:
// readers refuse whatever the writer would not have written, so that reading a file and writing it
// again gives the same bytes.
//
// # File
//
//	+--------+-------+-----+-----------+-----+---------+-----+- ... -+-----+
//	| header | table | pad | section 0 | pad | section | pad |       | pad |
//	+--------+-------+-----+-----------+-----+---------+-----+- ... -+-----+
//	0        64            multiple of 64    multiple of 64          file size
//
// Each section starts at the next multiple of 64 after the end of what is before it, and the file
// ends at the next multiple of 64 after its last section. Nothing else lies between sections, and
// nothing follows the last.
//
// Header, 64 bytes:
//
//	 0  u8[8]   magic: 89 'R' 'N' 'N' 0D 0A 1A 0A
//	 8  u32     version: 1
//	12  u32     number of sections, 1 to 64
//	16  u64     size of the file
//	24  u8[32]  reserved
//	56  u32     CRC of the section table
//	60  u32     CRC of bytes 0 to 59
//
// The magic detects transfers that treat the file as text: they clear the top bit of 89, turn 0D 0A
// into 0A or 0A into 0D 0A, or stop at 1A.
//
// Section table, 32 bytes for each section, in the order of the sections:
//
//	 0  u8[4]   tag: four of A to Z and 0 to 9; no two sections have the same
//	 4  u32     flags: bit 0: optional
//	 8  u64     offset of the section in the file
//	16  u64     length without padding, at least 1
//	24  u32     CRC of the section without padding
//	28  u32     reserved
//
// Sections of this version, in their order. DATA and ANOM are optional, and have flags 1; the
// others have flags 0.
//
//	ARCH  architecture         always
//	LAYR  layers               in a stack of layers
//	CELL  special layers       in a stack, if there are any
//	GRPH  graph                in a network that is not a stack, instead of both
//	TENS  tensor directory     if there are weights, as a stack always has
//	VOCB  vocabulary           if there is one
//	LABL  labels               if there are any
//	TOKN  tokenizer            if there is one
//	NORM  normalization        if there is one
//	DATA  form of the data     if it is given
//	ANOM  anomalies            if a forecaster has thresholds for them
//	ADPT  their adaptation     if these follow a stream
//	PROV  provenance           if there is any
//	GOLD  goldens              if there are any
//	WGTS  weights              if there are any
//	DECO  decoder              if the task is translate
//
// Later versions may add sections with other tags anywhere among them. If the model computes the
// same without such a section, it is marked optional, and this version ignores it. Otherwise this
// version refuses the file with [ErrUnsupported], as it does for unknown values of the enumerations
// below.
//
// # ARCH, 24 bytes
//
//	 0  u8   task: 0 regress, 1 classify, 2 tag, 3 language, 4 translate
//	 1  u8   pool: 0 none, 1 last, 2 max, 3 mean, 4 last output
//	 2  u8   output: 0 linear, 1 softmax, 2 sigmoid, 3 log-softmax, 4 argmax
//	 3  u8   flags: bit 0: the first inputs are added to the outputs
//	 4  u32  input size
//	 8  u32  tokens of the embedding; 0: none, the input is numbers
//	12  u32  outputs of the head; 0: none, the output is the last layer's
//	16  f64  sample rate in steps a second; 0: not given
//
// In a graph the input size counts the numbers of all inputs in a step, and is 0 if they are
// tokens. The pool, the flags, the tokens and the outputs of a head are 0. The output function
// applies to all numbers of the graph's only output.
//
// # LAYR, 12 bytes for each layer, the bottom first
//
//	0  u8   cell: 0 RNN, 1 LSTM, 2 GRU, 3 dense
//	1  u8   variant: 0 standard, 1 tanh, 2 relu, 3 reset after, 4 reset before
//	2  u8   directions: 1 forward, 2 forward and reverse, 3 reverse
//	3  u8   flags: bit 0: the forget gate is 1 less the input gate
//	4  u32  input size
//	8  u32  hidden size; for a dense layer its outputs
//
// # CELL, 88 bytes for each layer that is more than its cell, the bottom first
//
//	 0  u32      layer
//	 4  u32      size of the projection; 0: none
//	 8  f32      bound of the sums that gates' activations are applied to; 0: none
//	12  u8[2]    activations of the first direction and of the second; 0: the
//	             cell's own
//	14  u16      reserved
//	16  u8[2][3][12]  the activations of the two directions
//
// An activation, 12 bytes, zeros if there is none:
//
//	0  u8     kind: 0 none, 1 relu, 2 tanh, 3 sigmoid, 4 affine, 5 leaky relu,
//	          6 thresholded relu, 7 scaled tanh, 8 hard sigmoid, 9 elu,
//	          10 softsign, 11 softplus, 12 softmax, 13 exp, 14 log, 15 sqrt,
//	          16 square, 17 abs, 18 reciprocal, 19 gelu, 20 gelu by tanh, 21 silu,
//	          22 hard swish, 23 clip, 24 sin, 25 cos, 26 sign, 27 floor
//	1  u8[3]  reserved
//	4  f32    alpha; 0 if the function has none
//	8  f32    beta; 0 if the function has none
//
// An RNN and a dense layer have 1 activation, a GRU 2, an LSTM 3; only dense layers have kinds from
// 12 on. [Layer] gives the formulas of the cells, and [ActivationKind] those of the functions.
//
// # GRPH
//
//	0  u16  inputs, 1 to 64
//	2  u16  nodes, 1 to 4096
//	4  u16  outputs, 1 to 64
//	6  u16  reserved
//
// and then for each input 16 bytes:
//
//	 0  u32  frames
//	 4  u32  channels; 1 for tokens
//	 8  u32  tokens: the input is tokens below it; 0: it is numbers
//	12  u32  reserved
//
// for each output 4 bytes:
//
//	0  u32  value
//
// for each node, in an order in which each reads inputs and earlier nodes:
//
//	0  u16     op, see below
//	2  u16     values n that it reads
//	4  u32[n]  these values
//	   ...     the record of the op
//
// and then strings as in VOCB: the names of the inputs, and those of the outputs.
//
// A value is what an input or a node gives: the inputs are values 0 to inputs-1, and node i gives
// value inputs+i. At each step a value is F×C numbers, [frames][channels], or F tokens. All these
// sizes follow from those of the inputs and the records. A value has a phase, too: 0 if it is one
// of each step, 1 if it is one of the sequence, 2 if that is repeated at each step, and so on; a
// constant has none. Values of even phases exist at each step. An op that reads several values
// reads constants beside those of even phases, or beside those of odd ones, but never only
// constants.
//
// The ops, with the size of the record in bytes, the values that they read, and what they give. x
// is F×C. The records' fields are u32 unless stated otherwise: u8 is a byte before three reserved
// ones.
//
//	 0  layer          100  x: F×(outputs of the layer)
//	      its record of LAYR, and that of CELL with the layer 0, which is all zeros if
//	      the layer is no more than its cell. C is the input size. Each frame is a step
//	      of the layer; a recurrent one goes on from frame to frame and from step to
//	      step, and reads no odd phase. One that reads a single frame, forward only, may
//	      also read a mask, 1×1 of an even phase: a step whose mask is 0 leaves the state
//	      as it is, and gives the outputs of the previous step again.
//	 1  embedding        8  F tokens, below those of the table: F×size
//	      tokens, size
//	 2  conv            20  x: (F - dilation (kernel-1) - 1)/stride + 1 × outputs
//	      inputs C, outputs, kernel, stride, dilation
//	 3  depthwise       16  x: (F - dilation (kernel-1) - 1)/stride + 1 × C
//	      channels C, kernel, stride, dilation
//	 4  window           8  x of an even phase: (before + F + after)×C
//	      frames before, frames after; not both 0
//	 5  pad             16  x: (before + F + after)×C
//	      u8 mode: 0 constant, 1 reflect, 2 edge, 3 wrap; frames before, frames after,
//	      not both 0; f32 the constant, which is a number or -Inf, or 0 in other modes
//	 6  frame pool      12  x: (F - kernel)/stride + 1 × C
//	      u8: 0 greatest, 1 mean; kernel, stride
//	 7  sequence pool    4  x of an even phase: F×C in the next phase; attention also
//	                        reads 1×1 in the phase of x
//	      u8 pool: 1 last, 2 max, 3 mean, 5 first, 6 attention
//	 8  norm            12  x: F×C
//	      u8 kind: 0 layer, 1 instance, 2 RMS, 3 L2; f32 epsilon, at least 0;
//	      channels C
//	 9  binary           4  x, y: the greater of both frames × the greater of both
//	                        channels; sizes fit if they are equal or one is 1
//	      u8 function: 0 add, 1 sub, 2 mul, 3 div, 4 max, 5 min
//	10  concat           4  two or more of the same channels, or frames: the sum of the
//	                        others
//	      u8 axis: 0 frames, 1 channels
//	11  slice           16  x: count×C or F×count
//	      u8 axis: 0 frames, 1 channels; start, count, i32 step, not 0
//	12  reshape          8  x: frames×channels, as many numbers
//	      frames, channels
//	13  transpose        0  x: C×F
//	14  repeat           0  x of an odd phase: F×C in the next phase
//	15  map             12  x: F×C
//	      an activation, as in CELL
//	16  prelu            4  x: F×C
//	      channels C
//	17  constant         8  nothing: frames×channels
//	      frames, channels
//	18  matmul           4  x, y of C×G, or transposed of G×C: F×G
//	      u8: 1: y is transposed
//	19  overlap-add     16  x of F×(kernel×channels): (stride F + kernel - stride)×channels,
//	                        or stride F × channels if it carries
//	      u8: 1: it carries, in an even phase; channels, kernel, stride, at most
//	      the kernel
//	20  rfft           16  x: (F - kernel)/stride + 1 × size+2
//	      u8 window: 0 none, 1 Hann, 2 Hamming, 3 square root of Hann; u8: 1: it is
//	      symmetric; two reserved; kernel, stride, size: points, an even product of
//	      2, 3, 5 and 7 up to 2^16, at least kernel×C
//	21  irfft          12  x of size+2 channels: F×count
//	      window, as in rfft; count, at most the size; size: points
//	22  rnnoise analysis   0  x of 480 samples, of an even phase: 1×2033, see [RNNoiseAnalysis]
//	23  rnnoise synthesis  0  x of op 22, 22 gains, both 1 frame of an even phase: 480×1
//
// Quotients are rounded down; a kernel's taps are all within the frames. The type of each op,
// [Conv] and so on, says what it computes.
//
// A stack of layers is never stored as a graph. Its graph would have one input of one frame and one
// output, and each node would read the value before it: an embedding of all tokens, if the input is
// tokens; layers; the pool of a recurrent layer, and dense layers above it; and the sum of the
// first inputs and the outputs, if there is no pool, no function of the outputs and no
// normalization. [Model.AsGraph] has these forms in full. A network is not a stack if it has other
// input scales than that of the first layer, or more layers than a stack can have.
//
// # TENS, 32 bytes for each tensor
//
//	 0  u8   kind, see below
//	 1  u8   number format: 0 f32, 1 f16, 2 int8, 3 int4
//	 2  u8   direction: 0 forward, 1 reverse; 0 if it has none
//	 3  u8   rows of a tile; 0: not packed in tiles
//	 4  u32  layer, or in a graph the node; 0 if it has none
//	 8  u32  rows, with padding
//	12  u32  columns, with padding
//	16  u64  offset from the start of WGTS
//	24  u64  size in bytes: rows × columns × (4 for f32, 2 for f16, 1 for int8,
//	         18/32 for int4)
//
// The tensors and their shapes follow from ARCH, LAYR or GRPH, and the number formats. I, H, D are
// a layer's input size, hidden size and directions; N is the size of its state: that of the
// projection, or H without one; T, S the embedding's tokens and size; F, O the head's inputs and
// outputs; P(n) is n rounded up to a multiple of 8. Q(n) is n, but in an int8 tensor n rounded up
// to a multiple of 4.
//
//	kind                  rows                           columns    tile
//	 0  embedding table   T                              Q(S)       0
//	 1  gates             RNN: P(H)                      Q(I)+Q(N)  32
//	                      LSTM: 4P(H)                               32
//	                      GRU, reset after: 3P(H)                   24
//	                      GRU, reset before: 2P(H)                  32
//	                      dense: P(H)                    Q(I)       32
//	 2  candidate         GRU, reset before only: P(H)   Q(I)+Q(H)  32
//	 3  bias              RNN, dense: P(H)               1          0
//	                      LSTM: 4P(H)
//	                      GRU, reset after: 4P(H)
//	                      GRU, reset before: 3P(H)
//	 4  h0                all but dense: P(N)            1          0
//	 5  c0                LSTM only: P(H)                1          0
//	 6  head weight       P(O)                           Q(F)       32
//	 7  head bias         P(O)                           1          0
//	 8  embedding scale   T                              1          0
//	 9  gates scale       2 × rows of the gates,         1          0
//	                      of a dense layer the rows
//	10  candidate scale   2 × rows of the candidate      1          0
//	11  input scale       1                              1          0
//	12  head scale        P(O)                           1          0
//	13  peephole          LSTM only: 3P(H)               1          0
//	14  projection        with one only: P(N)            Q(H)       32
//	15  projection scale  P(N)                           1          0
//	16  conv weight       P(O)                           Q(K C)     32
//	17  conv scale        P(O)                           1          0
//	18  conv bias         P(O)                           1          0
//	19  depthwise weight  K                              C          0
//	20  depthwise bias    C                              1          0
//	21  norm gain         C                              1          0
//	22  norm bias         C                              1          0
//	23  slope             C                              1          0
//	24  constant          F                              C          0
//
// The last nine are of nodes of a graph: O, K, C, F are the outputs, kernel, channels and frames of
// the record. The columns of a conv weight are [kernel][inputs]. Layers and embeddings of a graph
// have the kinds that those of a stack have.
//
// The embedding table, gates, candidate, projection, head weight and conv weight can each have any
// number format, but a candidate has that of its gates, and an embedding table is never int4. The
// other tensors are f32. h0 and c0, the learned initial states, are present if they are learned;
// peepholes if an LSTM has them; the scales if the tensors that they scale are int8. The input
// scale is present if it is fixed, in a layer 0 with int8 gates whose input is numbers; in a graph,
// in a layer or conv with int8 weights whose inputs are not known to be within ±1. The gain and the
// bias of a norm are optional.
//
// The order is: embedding table, embedding scale; for each layer and each of its directions gates,
// gates scale, candidate, candidate scale, input scale, bias, h0, c0, peephole, projection,
// projection scale; head weight, head scale, head bias. In a graph the tensors have the order of
// the nodes, and within a node that of a layer or an embedding, or conv weight, conv scale, input
// scale, conv bias; depthwise weight, depthwise bias; norm gain, norm bias. A tensor starts in WGTS
// at the next multiple of 64 after the end of the one before.
//
// # WGTS
//
//	+----------+-----+----------+-----+- ... -+----------+
//	| tensor 0 | pad | tensor 1 | pad |       | tensor n |
//	+----------+-----+----------+-----+- ... -+----------+
//
// f16 is IEEE 754 binary16; int8 is two's complement, and never -128. A tensor with tile 0 holds
// its rows one after the other. The others are packed for the kernels, which read them where they
// lie: the rows are cut into tiles of R rows. In a tile of 32 the last one may be of 8, 16 or 24
// rows. In f32 and f16 a tile is stored column after column, so that the rows of a column stand
// side by side.
//
//	tile 0                        tile 1
//	+-------------+-------- ... --+-------------+-------- ...
//	| column 0    | column 1      | column 0    | column 1
//	| row 0 … R-1 | row 0 … R-1   | row R … 2R-1|
//	+-------------+-------- ... --+-------------+-------- ...
//
// Row r of tile t and column k is number t*R*columns + k*(rows of tile t) + r.
//
// In int8 four columns stand side by side, since a kernel multiplies four bytes at once and adds
// the products:
//
//	tile 0
//	+-----------------------------------------------+-----------------+- ...
//	| row 0           | row 1           | … row R-1 | row 0           |
//	| columns 0 1 2 3 | columns 0 1 2 3 |           | columns 4 5 6 7 |
//	+-----------------------------------------------+-----------------+- ...
//
// Row r of tile t and column k is byte
//
//	t*R*columns + k/4*4*(rows of tile t) + r*4 + k%4
//
// where k and columns include the padding. The columns of gates and candidate are those of the
// layer's input and then those of its previous state. In int8 they are two parts: Q(I) columns, of
// which the last Q(I)-I are padding, and Q(N) columns, of which the last Q(N)-N are. The others are
// one part: Q(S) columns of the embedding table, Q(I) of a dense layer's gates, Q(H) of a
// projection, Q(F) of the head weight.
//
// An int8 weight is the integer times a scale. Each row has a scale for each of its parts: gates
// and candidate have first the scales of all rows for the input, and then those of all rows for the
// state. Every scale is from 2^-126 to 2^121, so that its inverse and 127 times it are finite.
//
// In int4 a matrix holds its rows one after the other, whatever their tile, and each of the same
// parts is padded with zeros to a multiple of 32 columns. A group of 32 is 18 bytes:
//
//	0  u16     scale, binary16, finite and above 0
//	2  u8[16]  integers, the first of two in the low four bits, in two's complement,
//	           never -8; a weight is the integer times the scale
//
// A group of padding may have any such scale. int4 is an experiment: no kernel reads it, so the
// runtime converts it to float32 when it binds a model. It makes the file smaller, but saves
// neither memory nor time.
//
// Products with int8 weights use integers q within ±127 and a step s, so that an input is about
// q*s. If the inputs are states of an RNN (tanh), LSTM or GRU with the activations of its cell and
// without a projection, they are within ±1, and s is 1/127. If layer 0 has an input scale, s is
// that scale. If the input is a token whose row of the embedding table is int8, q are the row's
// integers and s is the row's scale. Otherwise s is the step's largest absolute input divided by
// 127.
//
// In a graph, s is 1/127 if the inputs are known to be within ±1: if they are such states, a concat
// of only such values, or a slice, reshape, transpose, window, repeat or sequence pool (except
// attention) of one. Otherwise s is the input scale, if there is one, or the largest absolute input
// of each frame of a layer and of each output frame of a conv, divided by 127; also for the numbers
// of an embedding.
//
// The rows of gates and candidate, in which u is a unit and its tile t has units 8t to 8t+7, and
// the numbers of the bias, where the kernels' accumulators start:
//
//	                  rows of the gates              bias
//	RNN, dense        u                              u
//	LSTM              [tile][i f g o][8]             [tile][i f g o][8]
//	GRU, reset after  input  [tile][n r z][8]        [tile][nx r z nh][8]
//	                  state  [tile][r z n][8]
//	GRU, reset before [r z][P(H)]; candidate n: u    [r z n][P(H)]
//
// The peepholes are i f o, each of P(H) units. i f g o are the LSTM's input, forget, cell and
// output gates, r z n the GRU's reset, update and new gates, in PyTorch's letters. The new gate of
// a GRU with reset after has two sums: nx over the input with PyTorch's b_in, and nh over the state
// with b_hn, which the reset gate scales. Every other bias is the sum of PyTorch's two. Scales are
// in the order of the rows of their part. [Layer.Pack] and [Layer.Unpack] do all this.
//
// Numbers of units H to P(H)-1, of outputs O to P(O)-1 and of columns that are padding are zero,
// and scales of such rows are 1. No number is NaN or infinite: such a model is broken, and its
// outputs could differ between machines. Reading and writing both check this.
//
// # VOCB, LABL, PROV: strings
//
//	+-----------+-------------------+-------------------------+
//	| u32 count | u32 end [count]   | bytes of all strings    |
//	+-----------+-------------------+-------------------------+
//
// String i goes from end i-1 (of string 0 from 0) to end i, counted from the first byte of the
// strings. No string is empty. The last end is the end of the section.
//
// VOCB has a string of any bytes for every token of the embedding, no two of them equal; a token
// without text has a name, such as "<unk>". LABL has a string for every output, or with argmax for
// every number from which it takes the greatest, in UTF-8, no two equal. PROV has keys and values
// in turn, in UTF-8, at most 1024 pairs, no two keys equal.
//
// # TOKN, 24 bytes
//
//	 0  u8   kind: 0 bytes, 1 chars, 2 jamo, 3 words
//	 1  u8   flags: bit 0: letters are made lower case;
//	         bit 1: before that, text is brought into Unicode's normal form C
//	 2  u16  reserved
//	 4  u32  longest run of one character, below 2^31; 0: no limit
//	 8  u32  longest text in tokens, below 2^31; 0: no limit
//	12  i32  token for what the vocabulary lacks; -1: none
//	16  i32  token that starts a sequence; -1: none
//	20  i32  token that ends a sequence; -1: none
//
// # NORM
//
//	0  u32    inputs n: the input size, or 0 if the input is tokens
//	4  u32    outputs m: the number of outputs, or 0
//	8  f32[n] means of the inputs
//	   f32[n] scales of the inputs
//	   f32[m] means of the outputs
//	   f32[m] scales of the outputs
//
// # DATA
//
//	 0  u32  labels, at most 2^24
//	 4  u32  columns, at most 2^24
//	 8  u32  targets, at most 2^24
//	12  u32  horizon in steps, at most 2^24; 0: none
//	16  u32  window in steps, at most 2^24; 0: whole sequences
//	20  u32  reserved
//	24       strings: the labels, the columns, the targets; nothing if there are none
//
// The section says how to read the data that the model was trained on ([Data]); a model computes
// the same without it. At least one of the five numbers is not 0. The strings are laid out as in
// VOCB, with ends that count from the first byte of the strings, but they may be empty. They are
// UTF-8 and may hold any character, also commas and line feeds.
//
// # ANOM
//
//	 0  u32  predictions n
//	 4  f32  weight of the last deviation in the score, above 0 and up to 1
//	 8  f32  threshold of the score, above 0
//	12  u32  reserved
//
// and then for each prediction, which are the first outputs, 12 bytes:
//
//	0  u32  input that it predicts one step ahead
//	4  f32  median of the errors
//	8  f32  scale of the errors, above 0
//
// [Anomaly] defines a step's score from them; a model computes the same without the section.
//
// # ADPT
//
//	 0  u32  steps that the figures are from, at least 1
//	 4  u32  memory in steps, at least as many and at most 2^24
//	 8  u32  steps without a high score that end an alarm, at most 2^24
//	12  f32  share of the steps above a quantile, between 0 and 1
//	16  f32  threshold of the score, above 0
//	20  f32  weight of the last input in its level, above 0 and up to 1
//	24  f32  quantile of the errors' measure
//	28  f32  mean excess over it, above 0
//	32  f32  quantile of the levels' measure
//	36  f32  mean excess over it, above 0
//	40  f32  restraint, by which tails follow less during an alarm, from 0 to 1
//	44       4 reserved bytes
//
// and then for each prediction of ANOM 8 bytes:
//
//	0  f32  mean of the input that it predicts
//	4  f32  deviation of it, above 0
//
// [Adaptation] says how they are used. Only a file with ANOM has the section, and a program without
// it uses ANOM alone.
//
// # GOLD
//
//	0  u32  number of goldens, at least 1
//	4  u32  reserved
//
// and then for each golden of T steps:
//
//	 0  u32     steps T
//	 4  u32     last outputs n: the number of outputs
//	 8  u64     FNV-1a (64 bits) of all outputs' f32 bytes
//	16  i32[T]  tokens; or for number inputs f32[T][input size]
//	    f32[n]  outputs of the last step, or all of them if the model pools
//
// A golden of a graph has tokens i32[T][tokens of a step] and numbers f32[T][input size], each in
// the order of the inputs; if the graph has both, the tokens come first. Its last outputs are the
// numbers of all outputs, in their order; an output of each step has those of the last step. The
// hash covers the outputs of each step, from the first step to the last, and then the outputs of
// the sequence, each in their order.
//
// In a translation model, the tokens are a source, and the outputs are those of every step of its
// decoder in the greedy translation, which DECO describes.
//
// # DECO
//
//	+--------+-------+-----+------+-----+- ... -+------+-----+
//	| header | table | pad | ARCH | pad |       | WGTS | pad |
//	+--------+-------+-----+------+-----+- ... -+------+-----+
//	0        64            multiple of 64        size of the section
//
// The section is a whole .rnn file of version 1: the decoder, a language model. Everything that
// this comment says about a file holds for it, with offsets from the start of the section, which is
// aligned as a file is. It has no DECO of its own.
//
// The model around it is the encoder. To translate, it reads the source from its initial states.
// Layer i of the decoder then starts at the final state of layer i of the encoder, which is h, and
// for an LSTM also c:
//
//	encoder, layer i               decoder, layer i
//	forward: after the last step   the first units
//	reverse: after the first step  the units after those of the forward one
//
// The decoder reads its start token, and then in turn the tokens that it writes, up to its end
// token, which is not part of the translation. The greedy translation writes the token with the
// largest head sum, the lowest if several are equal. In goldens it has at most 256 steps of the
// decoder: the outputs run from the step that reads the start token to the step that gives the end
// token, or else to step 256.
//
// If the source is text, its tokens are the start token of the encoder's tokenizer, if it has one,
// the tokens of the text, and the end token, if it has one.
//
// # Valid models
//
// Beyond the layout, these rules hold for every model that is read or written ([Model.Validate]):
//
//   - Sizes, tokens, outputs and steps are from 1 to 2^24, layers to 1024.
//   - The input size of layer 0 is the model's. A layer above, and the head, reads the size of the
//     state of the layer below times its directions.
//   - An RNN is tanh or relu, an LSTM and a dense layer standard, a GRU reset after or before.
//   - Only an LSTM has a coupled forget gate, a projection and peepholes. A dense layer has one
//     direction, which is not reverse, and no bound.
//   - A record does not spell out the activations of the cell itself. Nor does it give relu for all
//     directions of an RNN, which is the variant relu, or any activation to an RNN of that variant.
//     Only a dense layer has softmax and the activations after it.
//   - A bound is above 0. It is finite, and so are constants.
//   - An embedding is as wide as the input size.
//   - Without a recurrent layer, there is no pool. Only a model whose last recurrent layer reads
//     the sequence from its end has the pool last output; in others it would be the pool last.
//   - A graph's values have 1 to 2^24 frames and channels, and 2^24 numbers together. Each input is
//     read by a node; each node is read by another, or is an output. Outputs are given by nodes,
//     but not by constants. Names are UTF-8 without control characters; no two inputs have the same
//     name, and no two outputs.
//   - The Fourier transforms of a graph have at most 2^20 points together.
//   - The slices, kernels and pads of a graph stay within the frames; a mirror is shorter than what
//     it mirrors, and a wrap at most as long.
//   - A graph of several outputs has no output function, labels, labels of the data and
//     normalization of outputs. Its first output is of the sequence if it classifies, and of each
//     step if it tags. A graph that is a language model has one input, one token per step, and one
//     output of as many numbers; no layer reads backward, no window looks ahead, and nothing is
//     repeated. A graph does not translate.
//   - If inputs are added to outputs, they are numbers, at least as many as there are outputs, and
//     there is no pool.
//   - A classifier pools. A tagger and a language model do not.
//   - A language model has an embedding, and as many outputs as tokens. It has no reverse
//     direction, since it feeds its outputs back as inputs, and that direction would have to read
//     them before they exist: [ErrBidirectional].
//   - A vocabulary and a tokenizer need an embedding, or in a graph a single input of tokens, and
//     have as many tokens. A tokenizer of bytes needs at least 256 tokens, any other a vocabulary.
//     Its tokens are below the number of tokens.
//   - A part of an int8 tensor that is packed in tiles has at most 2^17 columns, so that a sum of
//     2^17 products fits 32 bits.
//   - In DATA, a model that classifies or tags has no labels or one for each number to which the
//     output function is applied, and other models have none. No two labels are equal, and no two
//     targets. There are no columns, or as many as inputs, or 1 if the input is tokens; in a graph
//     as many as the numbers of a step, and 1 more if it has a single input of tokens. Only a
//     regressor has a horizon. Its targets, if it has any, times the horizon, or times 1 without
//     one, are its outputs; another model has at most 1 target.
//   - Only a regressor of numbers that has one output, at every step, has thresholds of anomalies.
//     They cover 1 to all of its outputs.
//   - Inputs can be normalized if they are numbers, outputs if they are linear. In a graph the
//     channels of the only input of numbers can be normalized.
//   - A model that translates is an encoder, with an embedding, and without a pool, a head, labels
//     or normalization. It has a decoder; no other model has one. The decoder is a language model
//     with the output softmax and a tokenizer with a start and an end token, and without learned
//     initial states, goldens and a decoder. It has as many layers as the encoder, each of the same
//     cell as its peer, which is not dense, and with the units and the states of all its
//     directions.
//   - Goldens have tokens in range. Their numbers, and those of the normalization, are finite.
//
// # Memory
//
// Reading allocates at most four times the size of the file, 128 times that of the section GRPH,
// and a small constant: headers of strings and slices, nodes, and copies of numbers if the machine
// is big-endian or they are not aligned to their size in memory. The reader trusts no count in a
// file before it knows that the counted items are there.
package format
