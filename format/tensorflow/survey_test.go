package tensorflow_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow"
)

// All operators that are not known and that the output depends on are reported, not only the
// first.
func TestReportHasAllUnknownOperators(t *testing.T) {
	var r network.Report
	_, err := tensorflow.Options{Report: &r, Output: "z"}.Read(dense(
		node("Bessel", "strange", []string{"y"}), node("Exotic", "stranger", []string{"strange"}), node("Relu", "z", []string{"stranger"}),
		node("Unread", "aside", []string{"y"})))
	require.ErrorContains(t, err, `"strange": Bessel: the operator is not known`)
	require.Equal(t, []network.Part{
		{Name: "strange", Kind: "Bessel", Verdict: network.Refused, Detail: "the operator is not known"},
		{Name: "stranger", Kind: "Exotic", Verdict: network.Refused, Detail: "the operator is not known"},
	}, r.Parts)
}
