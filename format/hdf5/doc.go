// Package hdf5 reads HDF5 files as h5py and Keras write them: groups, attributes
// of text, and arrays of numbers. It runs nothing of the file, takes memory of at
// most four times its size, and refuses what it does not know.
//
// An [Object] is a group or a dataset. The layout, from the start of the file:
//
//	superblock           version 0 or 1: sizes of addresses and lengths, the root's
//	                     entry; 2 or 3: the same in less, with a checksum
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
// Attributes are messages, too, or in a fractal heap as an attribute info says. The
// texts of variable length are in global heaps (GCOL).
//
// The messages of a dataset are its dataspace (rank and sizes), its datatype, its
// filters, and its layout:
//
//	compact              the numbers are in the message
//	contiguous           address and size
//	chunked              B-tree (TREE) -> chunks; or of layout version 4 one chunk,
//	                     chunks one after the other, or a fixed array of their
//	                     addresses (FAHD, FADB)
//
// A chunk is undone through the filters fletcher32, gzip and shuffle. Numbers are
// integers of 1 to 8 bytes, and floats of 2, 4 and 8, of either order of bytes.
//
// Not read are files in several parts, links to other files, soft links, types that
// are committed, compound or enumerated, other filters, and datasets of which
// nothing was written. Only what is asked for is looked at.
//
// The format is specified in "HDF5 File Format Specification Version 3.0".
package hdf5
