package chart

import "gonum.org/v1/plot/plotter"

// thin removes points that are too close to the one before to be distinguished
// in a picture. It keeps the first and the last point.
func thin(points plotter.XYs) plotter.XYs {
	const most = 400
	least := (points[len(points)-1].X - points[0].X) / most
	kept := points[:1:1]
	for i, p := range points[1:] {
		if p.X-kept[len(kept)-1].X >= least || i == len(points)-2 {
			kept = append(kept, p)
		}
	}
	return kept
}

// extremes removes points, but keeps all spikes: of the points that a picture draws in
// one place, it keeps the first, the least, the greatest and the last.
func extremes(points plotter.XYs) plotter.XYs {
	const most = 800 // places
	n := len(points)
	if n <= 4*most {
		return points
	}
	var kept plotter.XYs
	for k := range most {
		from, to := k*n/most, (k+1)*n/most
		least, greatest := from, from
		for i := from; i < to; i++ {
			if points[i].Y < points[least].Y {
				least = i
			}
			if points[i].Y > points[greatest].Y {
				greatest = i
			}
		}
		for i := from; i < to; i++ {
			if i == from || i == least || i == greatest || i == to-1 {
				kept = append(kept, points[i])
			}
		}
	}
	return kept
}
