// Package hdf5 reads HDF5 files as h5py and Keras write them: groups, attributes
// of text, and arrays of numbers. It runs no code from the file, takes at most
// four times its size in memory, and refuses everything that it does not know.
//
// An [Object] is a group or a dataset. The layout, from the start of the file:
//
//	superblock           version 0 or 1: sizes of addresses and lengths, the root's
//	                     entry; 2 or 3: the same in fewer bytes, with a checksum
//	object header        version 1, or 2 (OHDR) with checksums; a list of messages,
//	  +- continuation    which goes on in other blocks (OCHK)
//
// The messages of a group say what it links to, in one of three ways:
//
//	symbol table         B-tree (TREE) -> leaves (SNOD) -> entries, whose names are
//	                     in a local heap (HEAP)
//	link                 one message for each link
//	link info            B-tree of version 2 (BTHD, BTIN, BTLF) -> ids in a fractal
//	                     heap (FRHP, FHIB, FHDB), where link messages are
//
// Attributes are messages, too, or lie in a fractal heap that an attribute info
// names. Texts of variable length are in global heaps (GCOL).
//
// The messages of a dataset are its dataspace (rank and sizes), its datatype, its
// filters, and its layout:
//
//	compact              the numbers are in the message
//	contiguous           address and size
//	chunked              B-tree (TREE) -> chunks; or in layout version 4 one chunk,
//	                     chunks one after the other, or a fixed array of their
//	                     addresses (FAHD, FADB)
//
// The filters of a chunk can be fletcher32, gzip and shuffle. Numbers are
// integers of 1 to 8 bytes, and floats of 2, 4 and 8, in either byte order.
//
// The package does not read files in several parts, links to other files, soft
// links, types that are committed, compound or enumerated, other filters, or
// datasets to which nothing was written. It looks only at the objects that the
// caller asks for.
//
// The format is specified in "HDF5 File Format Specification Version 3.0".
package hdf5
