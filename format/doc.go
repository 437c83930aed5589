// Package format reads and writes .rnn files: recurrent networks with all that
// is needed to run them. [Read] and [Open] give a [Model] whose numbers and
// strings lie in the file's own bytes; [Model.Append] and [WriteFile] make a
// file. This comment specifies version 1 of the format byte by byte, and what
// a valid model is. A file of version 1 loads for ever.
//
// # Conventions
//
// All numbers are little-endian: u8, u16, u32, u64 are unsigned, i32 is signed
// (two's complement), f32 and f64 are IEEE 754. Offsets are in bytes. Bytes
// called reserved or padding are zero, and are checked. CRC is CRC-32C
// (Castagnoli, reflected, as in iSCSI). A model has exactly one file: readers
// refuse whatever the writer would not have written, so that reading a file
// and writing it again gives the same bytes.
//
// # File
//
//	+--------+-------+-----+-----------+-----+---------+-----+- ... -+-----+
//	| header | table | pad | section 0 | pad | section | pad |       | pad |
//	+--------+-------+-----+-----------+-----+---------+-----+- ... -+-----+
//	0        64            multiple of 64    multiple of 64          file size
//
// A section starts at the next multiple of 64 after the end of what is before
// it, and so does the end of the file after its last section. Nothing else
// lies between them, and nothing follows.
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
// The magic shows what a transfer does that takes the file for text: it clears
// the top bit of 89, turns 0D 0A into 0A or 0A into 0D 0A, or stops at 1A.
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
// Sections of this version, in their order, all with flags 0:
//
//	ARCH  architecture         always
//	LAYR  recurrent layers     always
//	TENS  tensor directory     always
//	VOCB  vocabulary           where there is one
//	LABL  labels               where there are any
//	TOKN  tokenizer            where there is one
//	NORM  normalization        where there is one
//	PROV  provenance           where there is any
//	GOLD  goldens              where there are any
//	WGTS  weights              always
//
// A later program can add sections of other tags anywhere among them. If the
// model computes the same without such a section, it is marked optional, and
// this version leaves it out. Otherwise this version refuses the file, as it
// does with unknown values of the enumerations below: [ErrUnsupported].
//
// # ARCH, 24 bytes
//
//	 0  u8   task: 0 regress, 1 classify, 2 tag, 3 language
//	 1  u8   pool: 0 none, 1 last, 2 max, 3 mean
//	 2  u8   output: 0 linear, 1 softmax, 2 sigmoid
//	 3  u8   reserved
//	 4  u32  input size
//	 8  u32  tokens of the embedding; 0: none, the input is numbers
//	12  u32  outputs of the head; 0: none, the output is the last layer's
//	16  f64  sample rate in steps a second; 0: not given
//
// # LAYR, 12 bytes for each layer, the bottom first
//
//	0  u8   cell: 0 RNN, 1 LSTM, 2 GRU
//	1  u8   variant: 0 standard, 1 tanh, 2 relu, 3 reset after, 4 reset before
//	2  u8   directions: 1 forward, 2 forward and reverse
//	3  u8   reserved
//	4  u32  input size
//	8  u32  hidden size
//
// # TENS, 32 bytes for each tensor
//
//	 0  u8   kind, see below
//	 1  u8   number format: 0 f32; 1 f16 and 2 int8 are reserved
//	 2  u8   direction: 0 forward, 1 reverse; 0 where it has none
//	 3  u8   rows of a tile; 0: not packed in tiles
//	 4  u32  layer; 0 where it has none
//	 8  u32  rows, with padding
//	12  u32  columns
//	16  u64  offset from the start of WGTS
//	24  u64  size in bytes
//
// The tensors and their shapes follow from ARCH and LAYR. I, H, D are a
// layer's input size, hidden size and directions; T, S the embedding's tokens
// and size; F, O the head's inputs and outputs; P(n) is n rounded up to a
// multiple of 8.
//
//	kind                 rows                           columns  tile
//	0  embedding table   T                              S        0
//	1  gates             RNN: P(H)                      I+H      32
//	                     LSTM: 4P(H)                             32
//	                     GRU, reset after: 3P(H)                 24
//	                     GRU, reset before: 2P(H)                32
//	2  candidate         GRU, reset before only: P(H)   I+H      32
//	3  bias              RNN: P(H)                      1        0
//	                     LSTM: 4P(H)
//	                     GRU, reset after: 4P(H)
//	                     GRU, reset before: 3P(H)
//	4  h0                P(H)                           1        0
//	5  c0                LSTM only: P(H)                1        0
//	6  head weight       P(O)                           F        32
//	7  head bias         P(O)                           1        0
//
// Their order is: the embedding table; for each layer and each of its
// directions the kinds 1 to 5; the head's. A tensor starts in WGTS at the next
// multiple of 64 after the end of the one before. h0 and c0, the learned
// initial states, are there where they are learned.
//
// # WGTS
//
//	+----------+-----+----------+-----+- ... -+----------+
//	| tensor 0 | pad | tensor 1 | pad |       | tensor n |
//	+----------+-----+----------+-----+- ... -+----------+
//
// A tensor with tile 0 holds its rows one after the other. The others are
// packed for the kernels, which read them where they lie: the rows are cut
// into tiles of R rows, and a tile is stored column after column, so that the
// rows of a column stand side by side. In a tile of 32 the last one may be of
// 8, 16 or 24 rows.
//
//	tile 0                        tile 1
//	+-------------+-------- ... --+-------------+-------- ...
//	| column 0    | column 1      | column 0    | column 1
//	| row 0 … R-1 | row 0 … R-1   | row R … 2R-1|
//	+-------------+-------- ... --+-------------+-------- ...
//
// Row r of tile t and column k is number t*R*columns + k*(rows of tile t) + r.
// The columns of gates and candidate are those of the layer's input and then
// those of its previous state. Their rows, in which u is a unit and its tile t
// has units 8t to 8t+7, and the numbers of the bias, where the kernels'
// accumulators start:
//
//	                  rows of the gates              bias
//	RNN               u                              u
//	LSTM              [tile][i f g o][8]             [tile][i f g o][8]
//	GRU, reset after  input  [tile][n r z][8]        [tile][nx r z nh][8]
//	                  state  [tile][r z n][8]
//	GRU, reset before [r z][P(H)]; candidate n: u    [r z n][P(H)]
//
// i f g o are the LSTM's input, forget, cell and output gates, r z n the GRU's
// reset, update and new gates, in PyTorch's letters. The new gate of a GRU with
// reset after has two sums: nx over the input with PyTorch's b_in, and nh over
// the state with b_hn, which the reset gate scales. Every other bias is the sum
// of PyTorch's two. [Layer.Pack] and [Layer.Unpack] do all this.
//
// Numbers of units H to P(H)-1 and of outputs O to P(O)-1 are padding. No
// number is NaN or infinite: such a model is broken, and it could not promise
// the same bits on every machine. That is checked on reading as on writing.
//
// # VOCB, LABL, PROV: strings
//
//	+-----------+-------------------+-------------------------+
//	| u32 count | u32 end [count]   | bytes of all strings    |
//	+-----------+-------------------+-------------------------+
//
// String i goes from end i-1 (of string 0 from 0) to end i, counted from the
// first byte of the strings. No string is empty. The last end is the end of the
// section.
//
// VOCB has a string for every token of the embedding, no two of them equal, of
// any bytes; a token that has no text has a name, such as "<unk>". LABL has one
// for every output, in UTF-8, no two equal. PROV has keys and values in turn,
// in UTF-8, at most 1024 pairs, no two keys equal.
//
// # TOKN, 24 bytes
//
//	 0  u8   kind: 0 bytes, 1 chars, 2 jamo, 3 words
//	 1  u8   flags: bit 0: letters are made lower case
//	 2  u16  reserved
//	 4  u32  longest run of one character, below 2^31; 0: no limit
//	 8  u32  longest text in tokens, below 2^31; 0: no limit
//	12  i32  token of what the vocabulary lacks; -1: none
//	16  i32  token that starts a sequence; -1: none
//	20  i32  token that ends a sequence; -1: none
//
// # NORM
//
//	0  u32    inputs n: the input size, or 0 where the input is tokens
//	4  u32    outputs m: the number of outputs, or 0
//	8  f32[n] means of the inputs
//	   f32[n] scales of the inputs
//	   f32[m] means of the outputs
//	   f32[m] scales of the outputs
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
//	16  i32[T]  tokens; or of number inputs f32[T][input size]
//	    f32[n]  outputs of the last step, or of a pooled model all of them
//
// # Valid models
//
// Beyond the layout, these rules hold of every model that is read or written
// ([Model.Validate]):
//
//   - Sizes, tokens, outputs and steps are from 1 to 2^24, layers to 1024.
//   - Layer 0 has the input size as its own; a layer above has the hidden size
//     times the directions of the one below; so has the head of the last one.
//   - An RNN is tanh or relu, an LSTM standard, a GRU reset after or before.
//   - An embedding is as wide as the input size.
//   - Without a head, the output is linear.
//   - A classifier pools. A tagger and a language model do not.
//   - A language model has an embedding, and as many outputs as tokens. It is
//     not bidirectional, since it feeds its outputs back as inputs, and the
//     reverse direction would have to read them before they exist:
//     [ErrBidirectional].
//   - A vocabulary and a tokenizer need an embedding. A tokenizer of bytes
//     needs at least 256 tokens, any other a vocabulary. Its tokens are below
//     the number of tokens.
//   - Inputs are normalized where they are numbers, outputs where they are
//     linear.
//   - Goldens have tokens in range. Their numbers, and those of the
//     normalization, are finite.
//
// # Memory
//
// Reading allocates at most four times the size of the file and a small
// constant: headers of strings and slices, and copies of numbers where the
// machine is big-endian or the file is not aligned to 4 bytes in memory. No
// number in a file is trusted before what it counts is known to be there.
package format
