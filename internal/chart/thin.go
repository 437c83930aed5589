package chart

import "gonum.org/v1/plot/plotter"

// thin leaves out points that a picture of this width cannot tell from those
// before them. The first point and the last stay.
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
