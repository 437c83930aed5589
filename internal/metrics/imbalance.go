package metrics

// Imbalance returns the rarest and the commonest class that have targets, and the
// ratio of their numbers of targets. It returns zeros if no class has targets.
func (c Confusion) Imbalance() (rarest, commonest int, ratio float64) {
	least, most := 0, 0
	for i := range c {
		n := c.Score(i).Targets
		if n > 0 && (least == 0 || n < least) {
			rarest, least = i, n
		}
		if n > most {
			commonest, most = i, n
		}
	}
	if most == 0 {
		return 0, 0, 0
	}
	return rarest, commonest, float64(most) / float64(least)
}
