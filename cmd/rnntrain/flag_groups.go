package main

import (
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// flagGroups returns the sections of flags in the help of every command.
func flagGroups() []cli.FlagGroup {
	return []cli.FlagGroup{
		{Title: "Main flags", Flags: strings.Fields(`output cell hidden layers bidirectional epochs lr dtype valid from
			quantize/calibrate quantize/max-loss quantize/part
			eval/last eval/test-fraction eval/groups eval/confusion eval/plot eval/played eval/json`)},
		{Title: "Data", Flags: strings.Fields(`text label labels columns targets horizon window stride group time gap missing inputs label-file
			source target token tag memory`)},
		{Title: "Sound", Flags: strings.Fields(`pattern front-end augment background resample delay segment burn-in pre-emphasis`)},
		{Title: "Validation and tests", Flags: strings.Fields(`valid-fraction valid-label-file test-fraction test-groups last groups samples beam threads confusion
			played calibrate check tolerance`)},
		{Title: "Text and vocabulary", Flags: strings.Fields(`tokens vocabulary min-count max-run max-length max-tokens lowercase source-tokens
			source-vocabulary source-min-count source-max-run source-lowercase target-tokens
			target-vocabulary target-min-count target-max-run target-lowercase tokenizer start end unknown
			source-tokenizer source-start source-end source-unknown target-tokenizer target-start target-end
			target-unknown`)},
		{Title: "Network", Flags: strings.Fields(`pool embedding tie dropout input-dropout recurrent-dropout init recurrent-init forget-bias
			binary cells`)},
		{Title: "Training", Flags: strings.Fields(`batch seed optimizer schedule warmup gamma step-size plateau-patience patience weight-decay
			momentum clip clip-value group-lr balanced resume checkpoint every steps`)},
		{Title: "Anomalies", Flags: strings.Fields(`anomaly false-alarms smooth hold adapt`)},
		{Title: "Foreign model", Flags: strings.Fields(`arch state-dict model task input shape dimension gru nonlinearity output-function dry-run
			encoder-arch decoder-arch encoder-prefix decoder-prefix encoder-gru decoder-gru stream`)},
		{Title: "Quantization", Flags: strings.Fields(`max-loss allow-loss part quantize/steps`)},
		{Title: "Output", Flags: strings.Fields(`name golden log plot drift json`)},
	}
}
