package main

import (
	"fmt"
	"io"
	"os"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

// namesClasses reports whether the outputs are probabilities of classes.
func namesClasses(m *format.Model) bool {
	if m.Decoder != nil {
		m = m.Decoder
	}
	return m.Output == format.OutputSoftmax
}

// result returns the results of a training, and the accuracy if the outputs are classes.
func result(r trainer.FitResult, classes bool) []format.Property {
	list := []format.Property{
		{Key: "epoch", Value: fmt.Sprint(r.Epoch)},
		{Key: "training loss", Value: fmt.Sprintf("%.4f", r.Loss)},
	}
	if v := r.Validation; v.Targets > 0 {
		list = append(list, format.Property{Key: "validation loss", Value: fmt.Sprintf("%.4f", v.Loss)})
		if classes {
			list = append(list, format.Property{Key: "validation accuracy", Value: percent(v.Correct)})
		}
	}
	return list
}

func (j *job) report(r trainer.FitResult) error {
	info, err := os.Stat(j.output.output)
	if err != nil {
		return err
	}
	out := j.command.OutOrStdout()
	var measured measurement
	if j.measure != nil {
		if measured, err = j.measure(); err != nil {
			return err
		}
	}
	if j.output.json {
		o := cli.Object{
			"model", j.output.output,
			"bytes", info.Size(),
			"parameters", j.network.Model().Parameters(),
			"epoch", r.Epoch,
			"epochs", r.Epochs,
			"steps", r.Steps,
			"seconds", r.Elapsed.Seconds(),
			"training_loss", r.Loss,
		}
		if v := r.Validation; v.Targets > 0 {
			o = append(o, "validation_loss", v.Loss)
			if namesClasses(j.network.Model()) {
				o = append(o, "validation_accuracy", v.Correct)
			}
		}
		if measured != nil {
			o = append(o, measured.object()...)
		}
		return cli.WriteJSON(out, o)
	}
	_, err = fmt.Fprintf(out, "%s: %d bytes, epoch %d of %d, training loss %.4f", j.output.output, info.Size(), r.Epoch, r.Epochs, r.Loss)
	if v := r.Validation; err == nil && v.Targets > 0 {
		_, err = fmt.Fprintf(out, ", validation loss %.4f", v.Loss)
		if err == nil && namesClasses(j.network.Model()) {
			_, err = fmt.Fprintf(out, ", accuracy %s", percent(v.Correct))
		}
	}
	if err == nil {
		_, err = fmt.Fprintln(out)
	}
	if err == nil && measured != nil {
		err = measured.print(out, false)
	}
	return err
}

// announceBest prints a note if the validation loss has not improved for many epochs.
func announceBest(w io.Writer, r trainer.FitResult) {
	const many = 5
	if later := r.Epochs - r.Epoch; r.Validation.Targets > 0 && later >= many {
		fmt.Fprintf(w, "the validation loss was lowest in epoch %d, whose weights the file has, and did not improve in %d more: --patience stops training earlier; see also --dropout and --weight-decay\n",
			r.Epoch, later)
	}
}

func percent(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }
