package main

const introduction = `# Results on real data

Every row was trained by rnntrain and measured by rnntrain eval, with the commands below each table, on parts of the data that its
training has not seen. All of it runs again by

    cd bench && go run ./results -data DATA -markdown ../docs/results.md

where DATA is a folder that has the public files named here, under the names in the commands. The program makes what rnntrain
reads of those that need it (` + "`*-train*`, `*-test*`" + ` in the commands), runs the commands one after the other, keeps the results, and
writes this page. The same commands on the same data give the same models, bit for bit.

*Training* is processor time, in seconds: of all threads together, and of all five models where there are five. It was measured on one
core of a Zen 3 server that others used, too; the time on two idle cores has not been measured. Files have weights of float32;
*rnntrain quantize* makes them a quarter of that.

Recipes were chosen by a few trials. Those of the vowels, the chorales, indoor movement, sunspots and airline passengers were chosen
with the errors on these tests in view, so their numbers are a little better than on data that nobody has seen. In the language models
the part that is measured is also the one that chooses the epoch.

*Published* says what others reach, as the text tells; where their test is not ours the numbers are near each other in kind only.
The built-in models, of film reviews (*nsmc*), Shakespeare and English pronunciation, are in
[testdata/README.md](../testdata/README.md); translations of sentences are in [training.md](training.md#translate-another-language-or-an-answer).
`
