package table

// A ForeignError names the format of a file that is not text.
type ForeignError struct{ Format, Advice string }

func (e *ForeignError) Error() string { return "it is " + e.Format + ", not text: " + e.Advice }

const asCSV = "save the table as .csv"

// foreign are formats by the first bytes of their files; ? is any byte.
var foreign = []struct {
	begin string
	ForeignError
}{
	{"PK\x03\x04", ForeignError{"a ZIP archive, as .xlsx and .npz are", asCSV + ", or name an archive of arrays FILE.npz"}},
	{"\xd0\xcf\x11\xe0", ForeignError{"an Excel workbook", asCSV}},
	{"\x1f\x8b", ForeignError{"compressed by gzip", "pipe it through gzip -dc"}},
	{"\x28\xb5\x2f\xfd", ForeignError{"compressed by zstd", "pipe it through zstd -dc"}},
	{"\x89HDF", ForeignError{"an HDF5 file", "save the array as .npy, or the table as .csv"}},
	{"MATLAB 5.0 MAT-file", ForeignError{"a MATLAB file", "save the array as .npy, or the table as .csv"}},
	{"RIFF????WAVE", ForeignError{"a WAV file", "rnntrain classify --front-end trains on a folder of sounds, rnntrain amp on a pair, and rnnrun reads one that is named FILE.wav"}},
	{"PAR1\x15", ForeignError{"a Parquet file", asCSV}},
	{"ARROW1\x00\x00", ForeignError{"an Arrow file", asCSV}},
	{"SQLite format 3\x00", ForeignError{"an SQLite database", "export the data as .csv, for instance with: sqlite3 -header -csv FILE 'select …' > NEW.csv"}},
}

// CheckForeign returns a [*ForeignError] if a file begins like a format that is not text.
func CheckForeign(line []byte) error {
	for i := range foreign {
		if begins(line, foreign[i].begin) {
			return &foreign[i].ForeignError
		}
	}
	return nil
}

func begins(line []byte, with string) bool {
	if len(line) < len(with) {
		return false
	}
	for i := range with {
		if with[i] != '?' && with[i] != line[i] {
			return false
		}
	}
	return true
}
