// Package npy reads and writes arrays in NumPy's .npy format, step by step, so
// that an array larger than the memory can pass through.
//
// A file is a magic string, a version, the length of a header, the header, and
// then the elements without padding (NumPy Enhancement Proposal 1, "A Simple
// File Format for NumPy Arrays", and its versions 2 and 3):
//
//	offset  size  what
//	0       6     "\x93NUMPY"
//	6       2     version: 1 0, 2 0 or 3 0
//	8       2     length of the header, little-endian (4 bytes from version 2 on)
//	10      …     {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } + spaces + \n
//	…       …     elements, the last index fastest; the first in Fortran order
//
// The package reads integers of 1 to 8 bytes, booleans, and floats of 2, 4 and 8
// bytes, in either byte order. It reads an array in Fortran order as a whole, and
// first puts it into row-major order. Other elements give [ErrUnsupported].
//
// A .npz file is a ZIP archive of .npy files, which may be compressed: see
// [ReadArchive].
//
// [NewIDXReader] reads the format of MNIST, too.
package npy
