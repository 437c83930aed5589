package kernels

import (
	"github.com/rnnrun/rnnrun/internal/binary16"
	"github.com/rnnrun/rnnrun/internal/padding"
)

// Lanes is the number of rows that stand side by side in a packed matrix, and
// the multiple to which vectors of units are padded.
const Lanes = padding.Lanes

// TileRows is the number of accumulators of a tile.
const TileRows = 32

// Pad rounds n up to a multiple of [Lanes].
func Pad(n int) int { return padding.UpToLanes(n) }

// A Matrix is a packed matrix of Rows×Depth weights. Rows counts the padding:
// it is a multiple of [Lanes]. Tile is the number of rows of a tile: 32, or 24
// for a GRU. The last tile may be narrower if Tile is 32.
//
// The weight of row t*Tile+r and column k is Data[t*Tile*Depth + k*R + r],
// where R is the number of rows of tile t. If Half is not nil, it holds the
// weights instead, in the same places, as IEEE 754 binary16.
type Matrix struct {
	Data  []float32
	Half  []uint16
	Rows  int
	Depth int
	Tile  int
}

// Tiles returns the number of tiles.
func (m *Matrix) Tiles() int { return (m.Rows + m.Tile - 1) / m.Tile }

// TileHeight returns the number of rows of tile t.
func (m *Matrix) TileHeight(t int) int { return min(m.Tile, m.Rows-t*m.Tile) }

// At returns the weight of row i and column k.
func (m *Matrix) At(i, k int) float32 {
	if m.Half != nil {
		return binary16.Value(m.Half[m.Index(i, k)])
	}
	return m.Data[m.Index(i, k)]
}

// Index returns the position in Data or Half of row i and column k.
func (m *Matrix) Index(i, k int) int {
	t := i / m.Tile
	return t*m.Tile*m.Depth + k*m.TileHeight(t) + i - t*m.Tile
}

// fullTiles returns the number of tiles of full height, and the rows of the
// narrower one that may follow.
func (m *Matrix) fullTiles() (n, rest int) {
	if m.Tile == TileRows { // a shift, where the division would take longer than a small product
		return m.Rows / TileRows, m.Rows % TileRows
	}
	return m.Rows / m.Tile, m.Rows % m.Tile
}

// accumulators returns the length of the accumulators of a vector.
func (m *Matrix) accumulators() int {
	full, rest := m.fullTiles()
	if rest == 0 {
		return (full-1)*TileRows + m.Tile
	}
	return full*TileRows + rest
}
