package main

// An arithmetic writes fused multiply-adds with the instructions of a set.
type arithmetic interface {
	name() string

	// fma returns a*b + c, rounded once.
	fma(a, b, c code) code

	// accumulate adds a product to its sums, and advances w and x.
	accumulate(f *function, p product)

	// panel multiplies 8 rows by four vectors. It is nil if that is no
	// faster than one by one.
	panel(f *function)
}

// A product multiplies columns of weights by n numbers. sums holds the sums of adjacent
// rows, four in a vector.
type product struct {
	sums        []local
	w, x, n     local
	step, every code // bytes from a column to the next, and from a number to the next
	adjacent    int  // step, if it is known and the numbers stand side by side; else 0
	format      format
}

// columns multiplies adjacent columns that have no other rows than those of sums.
func columns(sums []local, w, x, n local, in format) product {
	bytes := len(sums) * in.bytes
	return product{sums, w, x, n, integer(bytes), integer(4), bytes, in}
}

// next goes on to the next column.
func (p product) next() code { return advance(p.w, p.step) + advance(p.x, p.every) }
