package main

var classification = []section{
	{
		title: "Japanese vowels: who speaks?",
		data:  "vowels",
		text: `
*Japanese Vowels*, UCI Machine Learning Repository, CC BY 4.0: nine speakers say a vowel, as 7 to 26 steps of 12
LPC cepstrum coefficients. Every fifth of the 270 utterances in ae.train tests a model trained on the other 216; five such
models cover all of them. The official test was not used, and published models learn from all 270.`,
		measures: []measure{accuracy},
		rows: each("vowels", "classify", "vowels-train-K.jsonl",
			"--bidirectional --hidden 100 --pool mean --valid-fraction 0 --epochs 30 --batch 16 --lr 0.003",
			"vowels-test-K.jsonl",
			map[string]string{}, "lstm", "gru", "rnn"),
	},
	{
		title: "3i4K: what does a Korean sentence intend?",
		data:  "intents",
		text: `
*3i4K*, github.com/warnikchow/3i4k, CC BY-SA 4.0: sentences of seven classes: fragment, statement, question, command,
rhetorical question, rhetorical command, and what depends on the intonation. Of fci_train_val.txt every tenth line is the
test; 490 of its 5,514 lines also occur in the training data; without those, the LSTM reaches 88.18 %, the GRU 87.52 %, the RNN
85.71 %. The official test was not used. Published on the official test: a BiLSTM reaches 0.869 to 0.880, with self-attention 0.872 to 0.884
(arXiv 1905.13656).`,
		measures: []measure{accuracy, macroF1},
		rows: each("intents", "classify", "intents-train.tsv",
			"--bidirectional --pool max --hidden 64 --embedding 48 --dropout 0.4 --input-dropout 0.2 --lr 0.004 --epochs 7 --vocabulary 0 --text 1 --label 0 --max-length 100",
			"intents-test.tsv --text 1 --label 0",
			map[string]string{"lstm": "86.9–88.4"}, "lstm", "gru", "rnn"),
	},
	{
		title: "MNIST by rows",
		data:  "mnist",
		text: `
*MNIST*, yann.lecun.com/exdb/mnist, CC BY-SA 3.0. An image is 28 steps of 28 pixels. The last 10,000 of the 60,000 training
images are the test; the official test was not used.`,
		measures: []measure{accuracy},
		rows: append(each("rows", "classify", "mnist-train.npy",
			"--label-file mnist-train.txt --hidden 128 --epochs 3 --batch 100 --lr 0.002 --dropout 0.1",
			"mnist-test.npy --label-file mnist-test.txt",
			map[string]string{"lstm": "97.0", "gru": "97.2", "rnn": "93.0"}, "lstm", "gru", "rnn"),
			train("rows-lstm-20", "LSTM, 20 units", "classify", "mnist-train.npy",
				"--label-file mnist-train.txt --cell lstm --hidden 20 --epochs 20 --batch 32 --lr 0.005 --dropout 0",
				"mnist-test.npy --label-file mnist-test.txt", "98.5")),
		after: `
The published accuracies of the first three are from PyTorch with the same units and epochs. The LSTM of 20 units is 1.4 points below its published accuracy.`,
	},
	{
		title: "MNIST pixel by pixel",
		data:  "mnist",
		text: `
The same images as 784 steps of one pixel.`,
		measures: []measure{accuracy},
		rows: []row{
			pixels("gru", "--hidden 64 --epochs 5 --lr 0.004", "96.2"),
			pixels("lstm", "--hidden 64 --epochs 3 --lr 0.004 --pool mean", "87.2"),
			pixels("rnn", "--hidden 64 --epochs 3 --lr 0.0005 --pool mean", "21.5"),
		},
		after: `
The published networks have about 70,000 weights. The GRU answers from its last state, as those do. The LSTM and the RNN answer from the mean
of their states: from the last state they learned nothing in two or three epochs, the LSTM not even with a forget bias of 1 or 5.`,
	},
	{
		title: "Names: of which language?",
		data:  "names",
		text: `
The surnames of PyTorch's tutorial *Classifying names with a character-level RNN* (download.pytorch.org/tutorial/data.zip):
20,050 names of 18 languages, in files of very different sizes. Every tenth is the test. One in nine of those also occurs in the
training data; without those, the LSTM reaches 81.43 %, the GRU 80.19 %, the RNN 78.95 %.`,
		measures: []measure{accuracy, macroF1},
		rows: each("names", "classify", "names-train.tsv",
			"--bidirectional --pool max --hidden 64 --embedding 32 --dropout 0.4 --input-dropout 0.1 --epochs 10 --lr 0.005 --max-length 100",
			"names-test.tsv", nil, "lstm", "gru", "rnn"),
	},
	{
		title: "Pen digits",
		data:  "pens",
		text: `
*Pen-Based Recognition of Handwritten Digits*, UCI, CC BY 4.0: the path of the pen as 8 points. The test is the official one: 3,498 digits
by other writers than the 7,494 training digits.`,
		measures: []measure{accuracy},
		rows: each("pens", "classify", "pens-train.jsonl",
			"--bidirectional --pool max --hidden 64 --dropout 0.2 --epochs 20 --batch 32 --lr 0.005",
			"pens-test.jsonl", nil, "lstm", "gru", "rnn"),
	},
	{
		title: "Indoor movement: will the user change the room?",
		data:  "movement",
		text: `
*Indoor User Movement Prediction from RSS Data*, UCI: the strengths of four radio signals, 8 a second, 314 sequences of 19 to 129 steps.
Every fifth tests a model trained on the others; five such models cover all of them.`,
		measures: []measure{accuracy},
		rows: each("movement", "classify", "movement-train-K.jsonl",
			"--bidirectional --pool max --hidden 32 --valid-fraction 0 --epochs 60 --batch 8 --lr 0.003",
			"movement-test-K.jsonl", nil, "lstm", "gru", "rnn"),
	},
}

// pixels are the images of MNIST as 784 steps, for one cell.
func pixels(cell, flags, published string) row {
	return train("pixels-"+cell, shown[cell], "classify", "pixels-train.npy",
		"--cell "+cell+" --label-file mnist-train.txt --batch 64 --dropout 0 --recurrent-init orthogonal "+flags,
		"pixels-test.npy --label-file mnist-test.txt", published)
}
