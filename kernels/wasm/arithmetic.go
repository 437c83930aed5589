package main

// An arithmetic writes fused multiply-adds with the instructions of a set.
type arithmetic interface {
	name() string

	// fma returns a*b + c, rounded once.
	fma(a, b, c code) code

	// accumulate adds a product to its sums, and advances w and x.
	accumulate(f *function, p product)

	// panel is the product of 8 rows with four vectors, or nil if that is no
	// faster than one by one.
	panel(f *function)
}

// A product is that of columns of weights with n numbers. sums are those of rows side by
// side, four to a vector.
type product struct {
	sums        []local
	w, x, n     local
	step, every code // bytes from a column to the next, and from a number to the next
	adjacent    int  // step, if it is known and the numbers stand side by side; else 0
	format      format
}

// columns is the product with columns that stand side by side, and have no rows but
// those of sums.
func columns(sums []local, w, x, n local, in format) product {
	bytes := len(sums) * in.bytes
	return product{sums, w, x, n, integer(bytes), integer(4), bytes, in}
}

// next goes on to the next column.
func (p product) next() code { return advance(p.w, p.step) + advance(p.x, p.every) }
