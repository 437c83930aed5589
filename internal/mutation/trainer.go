package main

var trainerMutations = []mutation{
	{
		name: "gradients are not clipped to their norm",
		file: "trainer/trainer.go",
		old:  "if bound := t.options.Clip; bound > 0 && norm > bound {", new: "if bound := t.options.Clip; bound > 0 && norm < 0 {",
		tests: "trainer ^TestClip|Clipping",
	},
	{
		name: "a single gradient loses its sign if it is clipped",
		file: "trainer/trainer.go",
		old:  "g.data[k] = float32(math.Copysign(float64(bound), float64(v)))", new: "g.data[k] = bound",
		tests: "trainer ^TestClip|Clipping",
	},
	{
		name: "weights change although the loss is not finite",
		file: "trainer/trainer.go",
		old:  "if sum := loss + t.norm; math.IsNaN(sum) || math.IsInf(sum, 0) {\n", new: "if sum := loss + t.norm; math.IsNaN(sum) || math.IsInf(sum, 0) {\n\t\t_ = t.update(lr)\n",
		tests: "trainer NotFinite",
	},
	{
		name: "the gradients of the last part of a minibatch are left out",
		file: "trainer/trainer.go",
		old:  "for _, p := range t.replicas[1:n] {", new: "for _, p := range t.replicas[1:max(1, n-1)] {",
		tests: "trainer ^TestGradients",
	},
	{
		name: "Adam does not correct its mean",
		file: "trainer/adam.go",
		old:  "Rate:       float32(lr / (1 - math.Pow(beta1, step64))),", new: "Rate:       float32(lr),",
		tests: "trainer PyTorch",
	},
	{
		name: "AdamW adds the decay to the gradients",
		file: "trainer/adam.go",
		old:  "if o.Decoupled {\n\t\ts.Shrink", new: "if !o.Decoupled {\n\t\ts.Shrink",
		tests: "trainer PyTorch",
	},
	{
		name: "Nesterov's momentum is plain momentum",
		file: "trainer/sgd.go",
		old:  "d += float32(momentum * v[k])", new: "d = v[k]",
		tests: "trainer PyTorch",
	},
	{
		name: "a reverse direction reads forward",
		file: "trainer/direction.go",
		old:  "layer: l, weights: w, int8: int8, reverse: d == 1,", new: "layer: l, weights: w, int8: int8, reverse: false,",
		tests: "trainer ^TestGradients",
	},
	{
		name: "the gradient of a reset gate takes the state of another unit",
		file: "trainer/op_gru_before.go",
		old:  "dr[i] = d * hread[i] * r * (1 - r)", new: "dr[i] = d * hread[0] * r * (1 - r)",
		tests: "trainer ^TestGradients",
	},
	{
		name: "the bias of a GRU's state sum has no gradient",
		file: "trainer/op_gru.go",
		old:  "if row >= 2*kernels.Lanes {", new: "if row >= 3*kernels.Lanes {",
		tests: "trainer ^TestGradients",
	},
	{
		name: "the mean over steps is a sum",
		file: "trainer/pool.go",
		old:  "row[k] /= float32(length)", new: "row[k] /= float32(1)",
		tests: "trainer ^TestGradients",
	},
	{
		name: "steps without a target have a loss",
		file: "trainer/loss.go",
		old:  "if class := p.batch.classes[r]; class != dataset.Ignore {", new: "if class := max(0, p.batch.classes[r]); class != dataset.Ignore {",
		tests: "trainer ^TestGradients",
	},
	{
		name: "dropout does not scale what it keeps",
		file: "trainer/replica.go",
		old:  "return 1 / (1 - probability)", new: "return 1 / (1 - probability*0)",
		tests: "trainer ^TestDropout",
	},
	{
		name: "a warm-up begins at the full rate",
		file: "trainer/schedule.go",
		old:  "return float64(m.Step+1) / float64(w.Steps)", new: "return 1",
		tests: "trainer Schedule|Warm",
	},
	{
		name: "a resumed training loses the optimizer's state",
		file: "trainer/resume.go",
		old:  "for _, m := range t.options.Optimizer.moments() {", new: "for _, m := range t.options.Optimizer.moments()[:0] {",
		tests: "trainer Resum|Kill|Checkpoint|Interrupt",
	},
	{
		name: "a checkpoint of another training is accepted",
		file: "trainer/resume.go",
		old:  `if d := difference(c.State.Identity, f.identity()); d != "" {`, new: `if d := difference(c.State.Identity, c.State.Identity); d != "" {`,
		tests: "trainer Resum|Checkpoint|Refus",
	},
	{
		name: "trained int8 weights are not rounded",
		file: "trainer/quantized.go",
		old:  "values[k] = float32(integers[k]) * scale", new: "values[k] = x[k]",
		tests: "trainer ^TestGradientsPass",
	},
}
