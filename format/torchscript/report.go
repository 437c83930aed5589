package torchscript

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// survey adds the unknown operators in the code to a report, whether or not forward
// reaches them.
func (in *interpreter) survey(r *network.Report) {
	for _, path := range slices.Sorted(maps.Keys(in.script.Code)) {
		f, err := in.file(strings.ReplaceAll(strings.TrimSuffix(path, ".py"), "/", "."))
		if err != nil {
			r.Add(path, "code", network.Refused, "%v", err)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(f.functions)) {
			in.surveyBody(r, name, f.functions[name].body)
		}
		for _, class := range slices.Sorted(maps.Keys(f.classes)) {
			methods := f.classes[class].methods
			for _, name := range slices.Sorted(maps.Keys(methods)) {
				in.surveyBody(r, class+"."+name, methods[name].body)
			}
		}
	}
}

func (in *interpreter) surveyBody(r *network.Report, name string, body []statement) {
	for _, st := range body {
		switch st := st.(type) {
		case *evaluated:
			in.surveyExpression(r, name, st.line, st.value)
		case *returned:
			in.surveyExpression(r, name, st.line, st.value)
		case *assignment:
			in.surveyExpression(r, name, st.line, st.value)
		case *conditional:
			in.surveyExpression(r, name, st.line, st.condition)
			in.surveyBody(r, name, st.yes)
			in.surveyBody(r, name, st.no)
		case *loop:
			in.surveyBody(r, name, st.body)
		}
	}
}

func (in *interpreter) surveyExpression(r *network.Report, name string, line int32, e expression) {
	switch e := e.(type) {
	case *sequence:
		for _, item := range e.items {
			in.surveyExpression(r, name, line, item)
		}
	case *subscript:
		in.surveyExpression(r, name, line, e.of)
		in.surveyExpression(r, name, line, e.index)
	case *attribute:
		in.surveyExpression(r, name, line, e.of)
	case *invocation:
		for _, a := range e.arguments {
			in.surveyExpression(r, name, line, a)
		}
		for _, a := range e.named {
			in.surveyExpression(r, name, line, a.value)
		}
		full, ok := dotted(e.function)
		if !ok {
			in.surveyExpression(r, name, line, e.function)
			return
		}
		root, operator, _ := strings.Cut(full, ".")
		if (root == "torch" || root == "ops") && !in.knows(operator) {
			r.Add(fmt.Sprintf("%s, line %d", name, line), operator, network.Refused, "the operator is not known")
		}
	}
}

// knows reports whether an operator is one that is followed.
func (in *interpreter) knows(operator string) bool {
	return in.operators[operator] != nil || in.operators[strings.TrimSuffix(operator, "_")] != nil
}
