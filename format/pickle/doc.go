// Package pickle reads the state_dicts that torch.save writes, as .pt or .pth
// files: a ZIP archive, or before PyTorch 1.6 a sequence of pickles.
//
// A pickle is a program for a stack machine that can call any Python function.
// This package runs none. Its machine makes dictionaries, lists, numbers,
// strings and tensors. Any other object, such as the optimizer or the arguments
// that a checkpoint has beside its state_dict, is an opaque value: the package
// keeps only the name of its class. If one stands in the place of a tensor, the
// error names its class.
//
// A ZIP archive has the members NAME/data.pkl, the pickle, and NAME/data/KEY,
// the bytes of each storage. The older form has five pickles (a magic number,
// the protocol's version, the machine's sizes, the state_dict, and the
// storages' keys) and then for each key a u64 with the number of elements, and
// the elements. Both are little-endian here; another byte order is refused.
package pickle
