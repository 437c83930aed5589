package kernels

// A productTask is [Set.Product].
type productTask struct {
	set      *Set
	m        Matrix
	acc      []float32
	ldacc    int
	from, to int
	x        []float32
	ldx, n   int
	parts    int
}

func (p *productTask) part(i, _ int) {
	first, m := p.m.part(i, p.parts)
	p.set.multiply(p.acc[first*TileRows:], p.ldacc, &m, p.from, p.to, p.x, p.ldx, p.n)
}

// part returns the i-th of n parts of the matrix, and its first tile.
func (m *Matrix) part(i, n int) (first int, part Matrix) {
	count := m.Tiles()
	first, end := count*i/n, count*(i+1)/n
	part = *m
	part.Rows = min(m.Rows, end*m.Tile) - first*m.Tile
	if at := first * m.Tile * m.Depth; m.Half != nil {
		part.Half = m.Half[at:]
	} else {
		part.Data = m.Data[at:]
	}
	return first, part
}

// weightBytes returns how many bytes a weight takes.
func (m *Matrix) weightBytes() int {
	if m.Half != nil {
		return 2
	}
	return 4
}

// A weightsTask is a method of [FloatWeights]: LSTM if there is a c, or by the tiles Linear
// or GRU.
type weightsTask struct {
	p                    *FloatWeights
	next, c, start, x, h []float32
	reverse              bool
	parts                int
}

// share calls a method on the workers, or reports that they have no time or no part in
// it.
func (p *FloatWeights) share(t weightsTask) bool {
	w := p.set.workers
	if w == nil {
		return false
	}
	t.parts = w.divide(p.m.Tiles(), p.m.Rows*(len(t.x)+p.hidden)*p.m.weightBytes(), 1)
	if t.parts == 1 || !w.take() {
		return false
	}
	w.weights = t
	w.do(&w.weights, t.parts, t.reverse)
	return true
}

func (t *weightsTask) part(i, thread int) {
	first, m := t.p.m.part(i, t.parts)
	p := *t.p
	p.m = m
	if p.units = m.Rows / 4; m.Tile != TileRows {
		p.units = m.Rows / 3
	}
	start := t.start[first*TileRows:]
	switch {
	case t.c != nil:
		p.lstm(t.next[first*Lanes:], t.c[first*Lanes:], start, t.x, t.h, t.reverse)
	case m.Tile == gruRows:
		p.gruTiles(p.set.workers.threads[thread].sums[:], t, first)
	default:
		p.linear(t.next[first*TileRows:], start, t.x, t.h, t.reverse)
	}
}

// gruTiles is GRU for tiles from first on, whose sums it makes one tile at a time: a
// step of the sets reads the state from its first unit on, and updates the same units.
func (p *FloatWeights) gruTiles(sums []float32, t *weightsTask, first int) {
	inputs := len(t.x)
	for k := range p.m.Tiles() {
		if t.reverse {
			k = p.m.Tiles() - 1 - k
		}
		at := first + k
		copy(sums, t.start[at*TileRows:][:TileRows])
		if inputs > 0 {
			p.set.productTile(sums, TileRows, sums, TileRows, &p.m, k, 0, inputs, t.x, inputs, 1)
		}
		gates := sums[Lanes:]
		p.set.productTile(gates, TileRows, gates, TileRows, &p.m, k, p.inputs, p.m.Depth, t.h, p.hidden, 1)
		p.set.GRUCell(t.next[at*Lanes:][:Lanes], t.h[at*Lanes:][:Lanes], sums)
	}
}

// An int8Task is [Set.LinearInt8].
type int8Task struct {
	set        *Set
	dst, start []float32
	m          *Int8
	step       float32
	x          []int8
	reverse    bool
	parts      int
}

func (t *int8Task) part(i, _ int) {
	first, m := t.m.part(i, t.parts)
	t.set.linearInt8(t.dst[first*TileRows:], t.start[first*TileRows:], &m, t.step, t.x, t.reverse)
}

// tiles returns the number of tiles.
func (m *Int8) tiles() int {
	if m.narrow > 0 {
		return m.full + 1
	}
	return m.full
}

// part returns the i-th of n parts of the rows, and its first tile.
func (m *Int8) part(i, n int) (first int, part Int8) {
	count := m.tiles()
	first, end := count*i/n, count*(i+1)/n
	part = *m
	part.rows = min(m.rows, end*m.tile) - first*m.tile
	part.data, part.scale = m.data[first*m.tile*m.depth:], m.scale[first*m.tile:]
	if m.offset != nil {
		part.offset = m.offset[first*m.tile:]
	}
	whole := Matrix{Rows: part.rows, Depth: m.depth, Tile: m.tile}
	part.full, part.narrow = whole.fullTiles()
	part.accumulators = whole.accumulators()
	return first, part
}

// An int8ProductTask is [Int8Product.Add].
type int8ProductTask struct {
	p        *Int8Product
	acc      []float32
	ldacc, n int
	parts    int
}

func (t *int8ProductTask) part(i, _ int) {
	count := t.p.columns.tiles()
	t.p.add(t.acc, t.ldacc, t.n, count*i/t.parts, count*(i+1)/t.parts)
}
