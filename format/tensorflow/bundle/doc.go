// Package bundle reads TensorFlow's tensor bundles: the variables of a SavedModel or
// of a checkpoint, by their names.
//
//	PREFIX.index                  a table: the header, and where each tensor lies
//	PREFIX.data-00000-of-00002    a shard: the tensors' bytes, one after the other
//	PREFIX.data-00001-of-00002
//
// The table is one of LevelDB:
//
//	block …            of entries, sorted by their keys
//	block              of metadata, which is not read
//	block              the index: entries whose values say where the blocks lie
//	footer, 48 bytes   where the metadata and the index lie; padding; db4775248b80fb57
//
// and a block is
//
//	entry …            how many bytes the key shares with the one before, how many
//	                   follow, and the size of the value, as varying numbers; the rest
//	                   of the key; the value
//	restarts           where keys are whole, and how many these are; uint32
//	compression        0, none
//	checksum           CRC-32C of the block and its compression, masked
//
// The value of the empty key is a BundleHeaderProto: the number of shards and the order
// of bytes. The others are BundleEntryProtos: a tensor's type, shape, shard, offset,
// size, and the masked CRC-32C of its bytes, which is compared when it is read. A tensor
// of texts has their lengths as varying numbers, the checksum of these, and the texts.
//
// TensorFlow 1 names a tensor as its variable, "rnn/lstm_cell/kernel"; TensorFlow 2 by
// its path from the root of its objects, such as
// "layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE".
//
// The package does not read compressed blocks, big-endian numbers, or tensors in slices,
// as partitioned variables are. It reads only the tensors that the caller asks for.
package bundle
