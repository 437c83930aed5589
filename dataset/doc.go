// Package dataset reads training data, one record at a time. It does not depend
// on how networks are trained.
//
//	reader                       gives
//	[ReadLabelledTexts]          texts with a label each
//	[ReadTextPairs]              texts, each with the text that it is to become
//	[ReadTaggedSequences]        tokens with a tag each
//	[ReadLabelledSeries]         sequences of numbers with a label each
//	[OpenSeries]                 the steps of series of numbers
//	[ListSounds]                 WAV files with a label each
//	[OpenReadings]               windows of readings, with a label or with numbers to predict
//	[SplitText]                  running text
//
// # Files
//
// The name of a file tells its layout:
//
//	.csv             a table as in RFC 4180: one record per line
//	.jsonl, .ndjson  one JSON value per line
//	.npy             an array of numbers
//	-idx3-ubyte      an array of numbers, as in MNIST; any IDX file whose
//	                 name has its usual end
//	others           a table whose columns are separated by tabs; quotes mean
//	                 nothing
//
// A table of series may also have semicolons between its columns, and commas in its
// decimals, and one of tagged sequences spaces between its columns; the first lines tell.
//
// Text is UTF-8; tables and JSON must be valid UTF-8. [CheckText] checks running text.
//
// Arrays may end in .gz, and are then decompressed. A byte order mark is
// skipped. Empty lines mean nothing, except between tagged sequences or series
// in a table, which they separate.
//
// The records of each layout:
//
//	                  table                  JSON line               array
//	labelled texts    columns text, label    {"text":…, "label":…}
//	text pairs        columns source,        {"source":…,
//	                  target                  "target":…}
//	tagged sequences  columns token, tag     {"tokens":[…],
//	                                          "tags":[…]}
//	labelled sounds   columns path, label    {"path":…, "label":…}
//	labelled series                          {"inputs":[…],          [N, steps] or
//	                                          "label":…}             [N, steps, width]
//	series, readings  one step per line      [1, 2, …] or            [T], [T, columns]
//	                                         [[1, 2], …]; or a       or [N, T, columns]
//	                                         step {"x":1, …};
//	                                         or {"inputs":…, …}
//
// A list of numbers is a series of steps with one number each, or a single step if the
// options name other columns than the first: the columns of lists and arrays are named 0,
// 1, …. {"inputs":…} has such a list beside other members, such as a label or a group,
// which are columns, too; the list is read if the members that are numbers are not.
//
// Columns and members may have other names; those of the options come first, then
// the usual ones. A label or a tag in JSON may also be a number or a boolean; it
// is then used as text. Spaces around labels and tags are ignored, and so are
// differences in Unicode's normal forms, also in the names of columns.
//
// # Errors
//
// If a file cannot be opened, the error is that of opening it. Any other problem
// gives an [*Error] with the file, the line and the column, after which the
// reader ends.
//
// # Examples
//
// A [Sequence] is what a network trains on. [Windows] cut series into them;
// [SplitText] and [SplitSeries] hold back an end to validate on; [Moments] measure
// the mean and deviation of features.
//
// A [SequenceStore] keeps examples and a [TokenStore] the tokens of a text: in
// memory up to a limit, and beyond it in a temporary file. Readers hold one
// record in memory at a time, so data may be larger than memory.
package dataset
